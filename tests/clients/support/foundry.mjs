// Runs foundry's binaries from their npm packages.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** The path of forge, cast or anvil; the platform's package holds the program itself. */
export function foundryBinary(name) {
    return require.resolve(`@foundry-rs/${name}-linux-amd64/bin/${name}`)
}

/** Starts a foundry tool in the folder of the client tests. */
export function startFoundry(name, args) {
    return spawn(foundryBinary(name), args, { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a foundry tool to its end and returns {code, stdout, stderr}. */
export function runFoundry(name, args) {
    return new Promise((resolve, reject) => {
        const child = startFoundry(name, args)
        const output = { stdout: '', stderr: '' }
        child.stdout.on('data', (chunk) => (output.stdout += chunk))
        child.stderr.on('data', (chunk) => (output.stderr += chunk))
        child.on('error', reject)
        child.on('close', (code) => resolve({ code, ...output }))
    })
}
