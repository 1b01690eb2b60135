// The header with the contracts of `jiffy bench load`; run as a program, it writes it.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from './contracts.mjs'

const file = fileURLToPath(new URL('../../../src/cli/bench_load_bytecode.hpp', import.meta.url))
const contracts = { token: 'TestToken', pair: 'SwapPair' }

export function makeHeader() {
    const constants = Object.entries(contracts).map(([name, contract]) => {
        const lines = compile(contract).bytecode.slice(2).match(/.{1,100}/g)
        return `/// tests/clients/contracts/${contract}.sol
inline constexpr std::string_view ${name} =
${lines.map((line) => `    "${line}"`).join('\n')};
`
    })
    return `// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Creation code in hex, without the arguments of the constructor. tests/clients/support/load-bytecode.mjs writes this
/// file.
namespace jiffy::cli::load::bytecode
{
${constants.join('\n')}}  // namespace jiffy::cli::load::bytecode
`
}

export function readHeader() {
    return readFileSync(file, 'utf8')
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) writeFileSync(file, makeHeader())
