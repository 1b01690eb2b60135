// A chain of one's own, in files: its genesis, the key of its sequencer, and accounts with money.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { computeAddress } from 'ethers'

export const chainId = 777

/** The secret key with this number. */
export const key = (number) => `0x${number.toString(16).padStart(64, '0')}`
export const sequencerKey = key(0x5e9)

/** Writes genesis.json, in which the keys from 1 to `senders` have money, and key to the folder. */
export function writeChain(folder, senders) {
    const config = { chainId, terminalTotalDifficulty: 0, bedrockBlock: 0, optimism: {} }
    for (const fork of ['homestead', 'eip150', 'eip155', 'eip158', 'byzantium', 'constantinople', 'petersburg',
        'istanbul', 'berlin', 'london'])
        config[`${fork}Block`] = 0
    for (const fork of ['shanghai', 'cancun', 'prague', 'regolith', 'canyon', 'ecotone', 'fjord', 'granite', 'holocene',
        'isthmus'])
        config[`${fork}Time`] = 0
    config.jiffy = { sequencer: computeAddress(sequencerKey) }
    const alloc = {}
    for (let i = 1; i <= senders; ++i) alloc[computeAddress(key(i))] = { balance: '1000000000000000000000' }
    const genesis = { config, alloc, timestamp: String(Math.floor(Date.now() / 1000)), gasLimit: '0x3b9aca00',
        baseFeePerGas: '1000000' }
    writeFileSync(path.join(folder, 'genesis.json'), JSON.stringify(genesis))
    writeFileSync(path.join(folder, 'key'), sequencerKey, { mode: 0o600 })
}
