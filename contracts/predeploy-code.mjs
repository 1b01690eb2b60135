// Writes the bytecode of the OP Stack's predeploys and preinstalls as C++:
//
//   node contracts/predeploy-code.mjs OUTPUT.cpp
//
// It comes from the npm package of the OP Stack's contracts, and from our own sources for what that lacks.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const here = path.dirname(fileURLToPath(import.meta.url))
const bedrock = path.resolve(here, '../node_modules/@eth-optimism/contracts-bedrock')

/** Contracts of the package, by their name in C++. */
const artifacts = {
    proxy: 'Proxy',
    proxy_admin: 'ProxyAdmin',
    weth: 'WETH',
    cross_domain_messenger: 'L2CrossDomainMessenger',
    gas_price_oracle: 'GasPriceOracle',
    standard_bridge: 'L2StandardBridge',
    sequencer_fee_vault: 'SequencerFeeVault',
    base_fee_vault: 'BaseFeeVault',
    l1_fee_vault: 'L1FeeVault',
    mintable_erc20_factory: 'OptimismMintableERC20Factory',
    erc721_bridge: 'L2ERC721Bridge',
    mintable_erc721_factory: 'OptimismMintableERC721Factory',
    message_passer: 'L2ToL1MessagePasser',
}

/** The package's preinstalls that need nothing of the chain in their code. */
const preinstalls = [
    'MultiCall3',
    'Create2Deployer',
    'Safe_v130',
    'SafeL2_v130',
    'MultiSendCallOnly_v130',
    'SafeSingletonFactory',
    'DeterministicDeploymentProxy',
    'MultiSend_v130',
]

function digitsOf(code, name) {
    if (!/^(0x)?([0-9a-fA-F]{2})+$/.test(code)) throw new Error(`${name} has no bytecode, or one that is not linked`)
    return code.replace(/^0x/, '').toLowerCase()
}

/** Creation code of a contract of the package. */
function packagedCode(name) {
    const file = path.join(bedrock, 'forge-artifacts', `${name}.sol`, `${name}.json`)
    return digitsOf(JSON.parse(readFileSync(file, 'utf8')).bytecode.object, name)
}

/** Creation code of a contract of ours. */
function compiledCode(name) {
    const solc = require('solc')
    const file = `${name}.sol`
    const input = {
        language: 'Solidity',
        sources: { [file]: { content: readFileSync(path.join(here, file), 'utf8') } },
        settings: {
            evmVersion: 'prague',
            // The same source gives the same code: no hash of the source at its end.
            metadata: { bytecodeHash: 'none', appendCBOR: false },
            optimizer: { enabled: true, runs: 999999 },
            outputSelection: { [file]: { [name]: ['evm.bytecode.object'] } },
        },
    }
    const output = JSON.parse(solc.compile(JSON.stringify(input)))
    const errors = (output.errors ?? []).filter((error) => error.severity !== 'info')
    if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
    return digitsOf(output.contracts[file][name].evm.bytecode.object, name)
}

/** Address and runtime code of a preinstall, from the constants of the package's library. */
function preinstallOf(library, name) {
    const address = new RegExp(`address internal constant ${name} = 0x([0-9a-fA-F]{40});`).exec(library)
    const code = new RegExp(`bytes internal constant ${name}Code\\s*=\\s*hex"([0-9a-fA-F]+)";`).exec(library)
    if (!address || !code) throw new Error(`the library of preinstalls has no ${name}`)
    return { address: address[1].toLowerCase(), code: digitsOf(code[1], name) }
}

/** A string literal in lines. */
const literal = (digits) => digits.match(/.{1,110}/g).map((line) => `\n    "${line}"`).join('')

function generate() {
    const codes = Object.entries(artifacts).map(([name, contract]) => [name, packagedCode(contract)])
    codes.push(['l1_block', compiledCode('L1Block')])
    const library = readFileSync(path.join(bedrock, 'src/libraries/Preinstalls.sol'), 'utf8')
    const installed = preinstalls.map((name) => preinstallOf(library, name))
    return [
        '// Made by contracts/predeploy-code.mjs.',
        '#include "sequencer/predeploy_code.hpp"',
        '',
        'namespace jiffy::sequencer::predeploy_code',
        '{',
        ...codes.map(([name, code]) => `const std::string_view ${name} =${literal(code)};`),
        '',
        'namespace',
        '{',
        'constexpr Preinstall all_preinstalls[] = {',
        ...installed.map(({ address, code }) => `    {"${address}",${literal(code)}},`),
        '};',
        '}  // namespace',
        '',
        'const std::span<const Preinstall> preinstalls = all_preinstalls;',
        '}  // namespace jiffy::sequencer::predeploy_code',
        '',
    ].join('\n')
}

const [output] = process.argv.slice(2)
if (!output) throw new Error('usage: node contracts/predeploy-code.mjs OUTPUT.cpp')
mkdirSync(path.dirname(output), { recursive: true })
writeFileSync(output, generate())
