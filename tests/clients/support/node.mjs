// Starts the node under test on a free port: the release build of this repository, the binary named by JIFFY_BINARY,
// or anvil with NODE_UNDER_TEST=anvil (to tell a fault of a test from one of the node).
//
// {http, ws, chainId, accounts, privateKeys}, as the banner file has them, is what every kind of node is known by.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { foundryBinary } from './foundry.mjs'
import { startProxy } from './proxy.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

/** Settles with the result of `ready`, or fails when the process ends before. */
async function readyOrDead(child, name, ready) {
    const dead = once(child, 'exit').then(([code, signal]) => {
        throw new Error(`${name} ended before it was ready: ${signal ?? `exit code ${code}`}`)
    })
    const failed = once(child, 'error').then(([error]) => {
        throw error
    })
    return Promise.race([ready, dead, failed])
}

/** Waits until the file holds a whole JSON document, and returns it. */
function jsonFile(file) {
    return new Promise((resolve) => {
        const read = () => {
            try {
                resolve(JSON.parse(readFileSync(file, 'utf8')))
                watcher.close()
            } catch {
                // Not there yet or half written: the next change of the folder tells.
            }
        }
        const watcher = watch(path.dirname(file), read)
        read()
    })
}

/** Starts `jiffy command` with these options; gives its process and what its banner file says. */
export async function startJiffy(folder, options, command = 'dev') {
    const binary = process.env.JIFFY_BINARY ?? path.join(root, 'build/release/jiffy')
    const banner = path.join(folder, 'banner.json')
    rmSync(banner, { force: true })
    const child = spawn(binary, [command, '--port', '0', '--banner-file', banner, ...options], {
        stdio: ['ignore', 'ignore', 'inherit'],
    })
    return { child, ...(await readyOrDead(child, binary, jsonFile(banner))) }
}

async function startAnvil(folder, options) {
    const config = path.join(folder, 'anvil.json')
    const child = spawn(foundryBinary('anvil'), ['--port', '0', '--config-out', config, ...options], {
        stdio: ['ignore', 'pipe', 'inherit'],
    })
    const listening = new Promise((resolve) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
            const match = /Listening on (\S+)/.exec(line)
            if (match) resolve(match[1])
        })
    })
    const address = await readyOrDead(child, 'anvil', listening)
    const { available_accounts: accounts, private_keys: privateKeys } = JSON.parse(readFileSync(config, 'utf8'))
    return { child, http: `http://${address}`, ws: `ws://${address}`, chainId: 31337, accounts, privateKeys }
}

/**
 * Starts a node of the kind 'jiffy' or 'anvil' with further command line options.
 * Returns {http, ws, chainId, accounts, privateKeys, stop}; stop ends it and returns its exit code.
 */
export async function startBareNode(kind, options = []) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'jiffy-clients-'))
    const { child, ...node } = await (kind === 'anvil' ? startAnvil : startJiffy)(folder, options)
    return {
        ...node,
        async stop() {
            if (child.exitCode === null && child.signalCode === null) {
                const exit = once(child, 'exit')
                child.kill('SIGTERM')
                await exit
            }
            rmSync(folder, { recursive: true })
            return child.exitCode
        },
    }
}

/** Starts the node under test behind a recording proxy: http and ws are the proxy's URLs, recorder what it saw. */
export async function startNode() {
    const node = await startBareNode(process.env.NODE_UNDER_TEST ?? 'jiffy')
    const proxy = await startProxy(node)
    return {
        ...node,
        http: proxy.http,
        ws: proxy.ws,
        recorder: proxy.recorder,
        async stop() {
            await proxy.close()
            return node.stop()
        },
    }
}
