/**
 * One process at a time in a folder, by sockets in it: whoever comes listens on one of its own first, and then looks
 * for others that answer.
 *
 * Of two that come at once, one sees the other at least, so never both go on. The system ends a socket with its
 * process, however that ends, and no number that could be used again decides. A socket that nobody answers is removed.
 */
import { open, readdir, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { newId } from '../../ids.js'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { codeOf } from './folderRefusal.js'

export type FolderLock = { release(): Promise<void> }

const socketNames = /^lock\.[\w-]+$/

export async function lockFolder(folder: string): Promise<FolderLock> {
  const own = `lock.${newId().slice(0, 10)}`
  const short = await shortPath(folder)
  const server = await listen(join(short.path, own))
  const release = async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await rm(join(folder, own), { force: true })
  }
  try {
    for (const other of (await readdir(folder)).filter((name) => socketNames.test(name) && name !== own)) {
      if (await answers(join(short.path, other))) {
        throw new LedgerRefusal('locked', `${folder}: another process has it open; stop it, or choose another folder`)
      }
      await rm(join(folder, other), { force: true })
    }
    return { release }
  } catch (error) {
    await release()
    throw error
  } finally {
    await short.close()
  }
}

/** A socket's path has about 100 bytes at most; where the system allows it, the folder's own handle is a short one. */
async function shortPath(folder: string): Promise<{ readonly path: string; close(): Promise<void> }> {
  if (process.platform !== 'linux') return { path: folder, close: async () => {} }
  const handle = await open(folder, 'r')
  return { path: `/proc/self/fd/${handle.fd}`, close: () => handle.close() }
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve(server.unref()))
  })
}

/** Anything but a clear no counts: a process that is frozen, or asked by many, still has its folder. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'))
  })
}
