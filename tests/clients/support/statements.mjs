// Verifies what a sequencer has signed without asking a node, written from docs/json-rpc.md alone.
import { concat, fromRlp, keccak256, numberToHex, recoverAddress, toRlp } from 'viem'

const domains = ['production', 'development']
const durabilities = ['memory', 'disk', 'standby', 'standby+disk']

/** A number as RLP wants it: big-endian without leading zeros. */
const integer = (value) => (BigInt(value) === 0n ? '0x' : evenHex(BigInt(value)))
const evenHex = (value) => {
    const digits = value.toString(16)
    return `0x${digits.length % 2 ? '0' : ''}${digits}`
}
const termsOf = (statement) => [
    integer(statement.version),
    integer(domains.indexOf(statement.domain)),
    integer(statement.chainId),
    integer(statement.epoch),
    integer(durabilities.indexOf(statement.durability)),
]
const hashOf = (prefix, list) => keccak256(concat([prefix, toRlp(list)]))
const word = (quantity) => numberToHex(BigInt(quantity), { size: 32 })
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
const signerOf = (hash, { r, s, yParity }) => {
    if (BigInt(s) > halfOrder) throw new Error('the signature has a high s')
    return recoverAddress({ hash, signature: { r: word(r), s: word(s), yParity: Number(yParity) } })
}

/** The root of the Merkle tree that the leaf stands in, by the nodes beside its path. */
function merkleRoot(leaf, index, count, proof) {
    let hash = leaf
    const rest = [...proof]
    for (let width = count; width > 1; width = Math.ceil(width / 2), index >>= 1) {
        // The last one of an odd number goes up as it is.
        if (index === width - 1 && width % 2 === 1) continue
        const other = rest.shift()
        if (other === undefined) throw new Error('the proof is too short')
        hash = keccak256(concat(['0x01', ...(index % 2 ? [other, hash] : [hash, other])]))
    }
    if (rest.length > 0) throw new Error('the proof is too long')
    return hash
}

/** The address that signed the preconfirmation. */
export async function signerOfPreconfirmation(statement) {
    const leaf = hashOf('0x00', [
        ...termsOf(statement),
        integer(statement.blockNumber),
        statement.environmentCommitment,
        integer(statement.miniBlockNumber),
        integer(statement.transactionIndex),
        statement.transactionHash,
        statement.receiptCommitment,
        statement.prefixCommitment,
        integer(statement.timestamp),
    ])
    const count = Number(statement.leafCount)
    const root = merkleRoot(leaf, Number(statement.leafIndex), count, statement.proof)
    return signerOf(hashOf('0x02', [...termsOf(statement), integer(count), root]), statement.signature)
}

/** {hash, signer} of a mini-block as jiffy_getMiniBlockByNumber gives it. */
export async function verifyMiniBlock(miniBlock) {
    const hash = hashOf('0x03', [
        ...termsOf(miniBlock),
        integer(miniBlock.number),
        miniBlock.parentHash,
        integer(miniBlock.blockNumber),
        integer(miniBlock.blockTimestamp),
        integer(miniBlock.index),
        integer(miniBlock.timestamp),
        integer(miniBlock.gasUsed),
        miniBlock.transactionsRoot,
        miniBlock.receiptsRoot,
        miniBlock.stateDifferenceHash,
    ])
    return { hash, signer: await signerOf(hash, miniBlock.signature) }
}

/** The value that a Merkle Patricia proof shows to stand under the key. */
export function provenValue(root, key, proof) {
    let nibbles = key.slice(2)
    const nodes = [...proof]
    let reference = root
    for (;;) {
        let node = reference
        if (typeof reference === 'string') {
            const encoded = nodes.shift()
            if (encoded === undefined || keccak256(encoded) !== reference) throw new Error('a node has the wrong hash')
            node = fromRlp(encoded)
        }
        if (node.length === 17) {
            if (nibbles === '') return node[16]
            reference = node[parseInt(nibbles[0], 16)]
            nibbles = nibbles.slice(1)
            continue
        }
        const [path, next] = node
        const flag = parseInt(path[2], 16)
        const rest = path.slice(flag % 2 ? 3 : 4)
        if (!nibbles.startsWith(rest)) throw new Error('the key is not there')
        nibbles = nibbles.slice(rest.length)
        if (flag >= 2) {
            if (nibbles !== '' || nodes.length > 0) throw new Error('the proof goes on')
            return next
        }
        reference = next
    }
}
