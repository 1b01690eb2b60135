// Compiles the test contracts with the npm compiler.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'

const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** Resolves an import of the contracts: a file of ours or of an npm package. */
function resolveImport(name) {
    for (const folder of [here, path.join(here, 'node_modules')]) {
        try {
            return { contents: readFileSync(path.join(folder, name), 'utf8') }
        } catch (error) {
            if (error.code !== 'ENOENT') throw error
        }
    }
    return { error: `${name} not found` }
}

/** Returns {abi, bytecode} of the contract that contracts/<name>.sol defines under its own name. */
export function compile(name) {
    const file = `contracts/${name}.sol`
    const input = {
        language: 'Solidity',
        sources: { [file]: { content: readFileSync(path.join(here, file), 'utf8') } },
        settings: {
            evmVersion: 'prague',
            optimizer: { enabled: true, runs: 200 },
            outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
        },
    }
    const output = JSON.parse(solc.compile(JSON.stringify(input), { import: resolveImport }))
    const errors = (output.errors ?? []).filter((error) => error.severity === 'error')
    if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
    const contract = output.contracts[file][name]
    return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
}
