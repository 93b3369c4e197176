import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module.js'

const app = await NestFactory.create(AppModule, { logger: false })
await app.listen(0)
const url = await app.getUrl()
const ask = async (path: string) => {
  const response = await fetch(`${url}${path}`)
  return `${response.status} ${(await response.text()).trim().replaceAll('\n', ' ')}`
}

const heavy = ask('/count?limit=200000')
console.log(await ask('/light')) // prints: 200 light
console.log(await heavy) // prints: 200 17984
console.log(await ask('/list?limit=10')) // prints: 200 2 3 5 7
console.log((await ask('/count?limit=1000000000000')).slice(0, 3)) // prints: 504

await app.close()
