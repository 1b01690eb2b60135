// Replays every example of docs/json-rpc.md and compares the shape of the answer with the one in the document.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Wallet } from 'ethers'
import { startBareNode } from './support/node.mjs'
import { openSocket } from './support/socket.mjs'

const document = readFileSync(new URL('../../docs/json-rpc.md', import.meta.url), 'utf8')
const pattern = /Request\n```json\n(.*?)\n```\n(Answer|Notification)\n```json\n(.*?)\n```/gs
const examples = [...document.matchAll(pattern)].map(([, request, kind, answer]) => ({
    request: JSON.parse(request),
    kind,
    answer: JSON.parse(answer),
}))

let node, socket, wallet, known
let nonce = 0

/** A transaction that emits one log: PUSH0 PUSH0 LOG0. */
const rawTransaction = () =>
    wallet.signTransaction({
        type: 2, chainId: node.chainId, nonce: nonce++, gasLimit: 100000n, data: '0x5f5fa0',
        maxFeePerGas: 5000000000n, maxPriorityFeePerGas: 1n,
    })

before(async () => {
    node = await startBareNode('jiffy')
    socket = await openSocket(node.ws)
    wallet = new Wallet(node.privateKeys[0])
    const receipt = await socket.request('eth_sendRawTransactionSync', await rawTransaction())
    const { miniBlockNumber } = receipt.preconfirmation
    let miniBlock
    do miniBlock = await socket.request('jiffy_getMiniBlockByNumber', miniBlockNumber)
    while (miniBlock === null)
    known = {
        '<transaction hash>': receipt.transactionHash,
        '<block number>': receipt.blockNumber,
        '<mini-block number>': miniBlockNumber,
        '<mini-block hash>': miniBlock.hash,
        '<address>': wallet.address,
    }
})

after(async () => {
    socket?.close()
    await node?.stop()
})

/** The request's parameters with what stands in angle brackets replaced. */
async function fill(parameters) {
    const text = JSON.stringify(parameters).replaceAll(/<[a-z -]+>/g, (name) =>
        name === '<raw transaction>' ? name : (known[name] ?? assert.fail(`${name} is unknown`)),
    )
    return JSON.parse(text.includes('<raw transaction>') ? text.replace('<raw transaction>', await rawTransaction()) : text)
}

/** Fails where two values differ in their shape: members, types, and lengths of hex strings of a fixed length. */
function assertSameShape(actual, documented, path) {
    if (documented === null || typeof documented !== 'object') {
        assert.equal(typeof actual, typeof documented, path)
        if (typeof documented !== 'string' || !documented.startsWith('0x')) return
        assert.match(actual, /^0x[0-9a-f]*$/, path)
        const isFixed = !documented.includes('…') && [42, 66].includes(documented.length)
        if (isFixed && !/\.(r|s|balance|input|data|key)$/.test(path)) assert.equal(actual.length, documented.length, path)
        return
    }
    assert.equal(Array.isArray(actual), Array.isArray(documented), path)
    if (Array.isArray(documented)) {
        if (documented.length === 0) return
        assert.ok(actual.length > 0, `${path} is empty`)
        assertSameShape(actual[0], documented[0], `${path}[0]`)
        return
    }
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(documented).sort(), path)
    for (const name of Object.keys(documented)) assertSameShape(actual[name], documented[name], `${path}.${name}`)
}

test('the document has an example of each method of the realtime API', () => {
    const titles = [...document.matchAll(/^### (.*)$/gm)].map(([, title]) => title)
    const shown = examples.map(({ request: { method, params } }) =>
        method === 'eth_subscribe' ? `${method} ${params[0]}` : method,
    )
    assert.deepEqual(shown, titles)
})

test('every member of an example stands in the table of its method', () => {
    const sections = document.split(/^### /m).slice(1)
    let tables = 0
    for (const [i, section] of sections.entries()) {
        const table = section.match(/^\| field \| \|\n((?:\|.*\n)+)/m)
        // Where members are added to an answer that every node gives, the table has only those.
        if (table === null || /more members?[:.]/.test(section)) continue
        const names = [...table[1].matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name))
        const { kind, answer } = examples[i]
        const shown = Object.keys(kind === 'Answer' ? answer.result : answer.params.result)
        assert.deepEqual(shown.filter((name) => !names.includes(name)), [], section.split('\n')[0])
        tables++
    }
    assert.ok(tables > 5)
})

for (const { request, kind, answer } of examples) {
    test(`${request.method} ${request.method === 'eth_subscribe' ? request.params[0] : ''}`, { timeout: 20000 }, async () => {
        const parameters = await fill(request.params)
        if (kind === 'Answer') {
            const given = await socket.ask(request.method, ...parameters)
            assertSameShape(given.result, answer.result, 'result')
            return
        }
        const connection = await openSocket(node.ws)
        const wanted = (result) => request.params[0] !== 'miniBlocks' || result.transactions.length > 0
        const seen = connection.take(1, wanted, ...parameters)
        await connection.request('eth_chainId')
        await socket.request('eth_sendRawTransactionSync', await rawTransaction())
        const [result] = await seen
        connection.close()
        assertSameShape(result, answer.params.result, 'result')
    })
}
