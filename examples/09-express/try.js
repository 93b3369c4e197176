import { app, pool } from './app.js'

const server = app.listen(0, async () => {
  const ask = path => fetch(`http://localhost:${server.address().port}${path}`)
  console.log(await (await ask('/hash/x?rounds=1000')).text()) // prints: 9cf1e263
  console.log((await ask('/hash/x?rounds=1e9')).status) // prints: 504
  server.close()
  server.closeAllConnections()
  await pool.close()
})
