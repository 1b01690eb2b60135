#!/usr/bin/env node
// The two calls that forge makes of a native Solidity compiler, answered by the one from npm.
const { readFileSync } = require('node:fs')
const solc = require('solc')

if (process.argv.includes('--version')) {
    const version = solc.version().replace('Emscripten', 'Linux').replace('clang', 'g++')
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else if (process.argv.includes('--standard-json')) {
    process.stdout.write(solc.compile(readFileSync(0, 'utf8')))
} else {
    process.stderr.write(`solc.cjs answers --version and --standard-json, not ${process.argv.slice(2).join(' ')}\n`)
    process.exitCode = 1
}
