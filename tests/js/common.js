// The loop of JSON commands (tests/README.md) that the JavaScript drivers share, and queues of records.
'use strict'

const readline = require('node:readline')

const unhex = text => (text === null || text === undefined ? null : Buffer.from(text, 'hex'))
const tohex = data => (data === null || data === undefined ? null : Buffer.from(data).toString('hex'))

/** What a consumer has received and nobody has polled yet. */
class Queue {
  constructor () {
    this.records = []
    this.wake = () => {}
  }

  push (record) {
    this.records.push(record)
    this.wake()
  }

  clear () {
    this.records = []
  }

  async poll (count, timeoutMs) {
    const end = Date.now() + timeoutMs
    while (this.records.length < count && Date.now() < end) {
      await new Promise(resolve => {
        const timer = setTimeout(resolve, end - Date.now())
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this.records.splice(0)
  }
}

function text (error) {
  const all = [error]
  for (let at = error; at; at = at.cause || (at.errors && at.errors[0])) all.push(at)
  return all.map(one => `${one.name || ''} ${one.type || ''} ${one.apiId || ''}: ${one.message}`).join(' <- ')
}

/** Answers each line of standard input with one line of standard output. */
async function serve (driver) {
  const answers = process.stdout.write.bind(process.stdout)
  process.on('unhandledRejection', error => console.error('unhandled', error))
  process.on('uncaughtException', error => console.error('uncaught', error))
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer
    try {
      const { op, ...command } = JSON.parse(line)
      if (!driver[op]) throw new Error(`unknown command ${op}`)
      answer = { ok: (await driver[op](command)) ?? null }
    } catch (error) {
      console.error(error)
      answer = { error: text(error) }
    }
    answers(JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? Number(value) : value)) + '\n')
  }
  process.exit(0)
}

module.exports = { Queue, serve, tohex, unhex }
