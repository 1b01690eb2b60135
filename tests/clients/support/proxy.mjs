// A JSON-RPC proxy, HTTP and WebSocket on one port, that records which methods the clients call and how the node
// answers, so that a test can wait for an answer and fail on a method the node does not know.
import { EventEmitter } from 'node:events'
import http from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'

const methodNotFound = -32601

class Recorder extends EventEmitter {
    /** Calls by method name. */
    calls = new Map()
    /** Methods that were answered with "method not found". */
    unknown = new Set()
    #open = new Map()

    request(text, connection) {
        for (const { id, method } of [JSON.parse(text)].flat()) {
            this.calls.set(method, (this.calls.get(method) ?? 0) + 1)
            this.#open.set(`${connection}/${JSON.stringify(id)}`, method)
        }
    }

    answer(text, connection) {
        for (const message of [JSON.parse(text)].flat()) {
            const key = `${connection}/${JSON.stringify(message.id)}`
            const method = this.#open.get(key)
            if (method === undefined) continue
            this.#open.delete(key)
            if (message.error?.code === methodNotFound) this.unknown.add(method)
            this.emit(method, message)
        }
    }
}

/** Forwards one HTTP request body and returns the node's answer as text. */
function forward(target, body) {
    return new Promise((resolve, reject) => {
        const request = http.request(target, { method: 'POST', headers: { 'content-type': 'application/json' } })
        request.on('error', reject)
        request.on('response', async (response) => {
            const chunks = []
            for await (const chunk of response) chunks.push(chunk)
            resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() })
        })
        request.end(body)
    })
}

/**
 * Starts a proxy in front of a node with the URLs {http, ws}.
 * Returns {http, ws, recorder, close}; recorder emits a method's name when the node has answered it.
 */
export async function startProxy(node) {
    const recorder = new Recorder()
    let connections = 0

    const server = http.createServer(async (request, response) => {
        const connection = `http${connections++}`
        try {
            const chunks = []
            for await (const chunk of request) chunks.push(chunk)
            const body = Buffer.concat(chunks).toString()
            recorder.request(body, connection)
            const { status, text } = await forward(node.http, body)
            recorder.answer(text, connection)
            response.writeHead(status, { 'content-type': 'application/json' }).end(text)
        } catch (error) {
            response.writeHead(502).end(String(error))
        }
    })

    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (client) => {
        const connection = `ws${connections++}`
        const upstream = new WebSocket(node.ws)
        const waiting = []
        client.on('message', (data) => {
            const text = data.toString()
            recorder.request(text, connection)
            if (upstream.readyState === WebSocket.OPEN) upstream.send(text)
            else waiting.push(text)
        })
        upstream.on('open', () => waiting.splice(0).forEach((text) => upstream.send(text)))
        upstream.on('message', (data) => {
            const text = data.toString()
            recorder.answer(text, connection)
            client.send(text)
        })
        for (const [from, to] of [[client, upstream], [upstream, client]]) {
            from.on('close', () => to.close())
            from.on('error', () => to.terminate())
        }
    })

    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address()
    return {
        http: `http://127.0.0.1:${port}`,
        ws: `ws://127.0.0.1:${port}`,
        recorder,
        async close() {
            for (const socket of sockets.clients) socket.terminate()
            sockets.close()
            server.closeAllConnections()
            await new Promise((resolve) => server.close(resolve))
        },
    }
}
