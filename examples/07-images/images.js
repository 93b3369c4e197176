import { transfer } from '@bridge/pool'
import { Jimp } from 'jimp'

export async function resize(bytes, width) {
  const image = await Jimp.read(Buffer.from(bytes))
  image.resize({ w: width })
  const made = new Uint8Array(await image.getBuffer('image/png'))
  return transfer({ width: image.width, height: image.height, bytes: made }, [made.buffer])
}
