import { createContext } from '@bridge/context'
import { createPool } from '@bridge/pool'
import { AsyncLocalStorage } from 'node:async_hooks'
const pool = createPool({ minThreads: 1, maxThreads: 1 })
const tasks = pool.import(new URL('./zz-tasks.mjs', import.meta.url))
const [a,b,c] = ['a','b','c'].map(n=>createContext(n))
const obj = createContext('obj')
const als = new AsyncLocalStorage()
const IN = 64, N = 30000
const cpu = () => { const {user,system}=process.cpuUsage(); return user+system }
async function many(n){ let k=0; const one=async()=>{ while(k++<n) await tasks.id(1) }; await Promise.all(Array.from({length:IN},one)) }
async function distinct(n){ let k=0; const one=async()=>{ while(k++<n) await obj.run({id:'r'+k},()=>tasks.id(1)) }; await Promise.all(Array.from({length:IN},one)) }
async function distinctText(n){ let k=0; const one=async()=>{ while(k++<n) await a.run('r'+k,()=>tasks.id(1)) }; await Promise.all(Array.from({length:IN},one)) }
async function own(n){ let k=0; const one=async(i)=>{ await obj.run({id:'r'+i},async()=>{while(k++<n) await tasks.id(1)}) }; await Promise.all(Array.from({length:OWN},(_,i)=>one(i))) }
const OWN=+(process.env.OWN??64)
const in3 = fn => a.run('acme',()=>b.run(7,()=>c.run(true,fn)))
const ways = {
  none: n => many(n),
  three: n => in3(()=>many(n)),
  object: n => obj.run({id:'r1', user:'u'},()=>many(n)),
  alsOnly: n => als.run(1,()=>many(n)),
  own, distinctObj: distinct, distinctText,
}
const only = process.argv[2]?.split(',') ?? Object.keys(ways)
const wall={}; const rounds = +(process.argv[3] ?? 7)
await in3(()=>many(2000)); // hooks on for all
const res = Object.fromEntries(only.map(k=>[k,[]]))
for (let r=0;r<rounds;r++) for (const k of only){ await ways[k](3000); const t=cpu(), w=performance.now(); await ways[k](N); res[k].push((cpu()-t)/N); (wall[k]??=[]).push((performance.now()-w)*1000/N) }
for (const k of only){ const s=res[k].sort((x,y)=>x-y); console.log(k.padEnd(14), s[s.length>>1].toFixed(2), s.map(x=>x.toFixed(1)).join(' '), 'wall', wall[k].sort((x,y)=>x-y)[s.length>>1].toFixed(2)) }
await pool.close()
