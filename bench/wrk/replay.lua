-- SPDX-License-Identifier: Apache-2.0
-- Sends the transactions of a file that `jiffy bench load --write-transactions` has made:
--
--   wrk --threads 1 --connections 16 --duration 10s --latency --script bench/wrk/replay.lua URL -- FILE [sync|async]
--
-- A request that would come after the last transaction asks for the chain's id instead, and is counted apart.

local thread

function setup(made)
    assert(not thread, 'a file has one order: use --threads 1')
    thread = made
end

function init(arguments)
    local file = assert(arguments[1], 'the file of transactions is missing')
    local methods = {sync = 'eth_sendRawTransactionSync', async = 'eth_sendRawTransaction'}
    local method = assert(methods[arguments[2] or 'sync'], 'neither sync nor async: ' .. tostring(arguments[2]))
    local headers = {['Content-Type'] = 'application/json'}
    local before = '{"jsonrpc":"2.0","id":1,"method":"' .. method .. '","params":["'
    requests = {}
    for line in io.lines(file) do
        if line:sub(1, 1) ~= '#' then
            requests[#requests + 1] = wrk.format('POST', nil, headers, before .. line .. '"]}')
        end
    end
    nothing = wrk.format('POST', nil, headers, '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}')
    -- Before it begins, wrk asks for one request, to look at it.
    sent, idle, errors, first_error = -1, 0, 0, ''
end

function request()
    if sent == #requests then
        idle = idle + 1
        return nothing
    end
    sent = sent + 1
    return requests[math.max(sent, 1)]
end

function response(status, headers, body)
    if status ~= 200 or body:find('"error":', 1, true) then
        errors = errors + 1
        if first_error == '' then first_error = status .. ' ' .. body end
    end
end

function done(summary, latency, statistics)
    local idle, errors = thread:get('idle'), thread:get('errors')
    if errors > 0 then print('first error: ' .. thread:get('first_error')) end
    print(string.format('transactions sent %d, answered with an error %d, requests after the last one %d',
        thread:get('sent'), errors, idle))
    print(string.format('transactions per second %.0f', (summary.requests - idle - errors) * 1e6 / summary.duration))
end
