// Signs and judges requests with the providers' own SDKs.
//
//   node sdk.mjs FOLDER sign|verify
//
// reads a list of exchanges in JSON from its input, see interop_test.go, and
// writes a list of as many answers: headers (or parameters) that sign, or valid.
// FOLDER has the SDKs in its node_modules.
import { createRequire } from 'node:module'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'

const [folder, what] = process.argv.slice(2)
const require = createRequire(resolve(folder, 'package.json'))
const exchanges = JSON.parse(readFileSync(0, 'utf8'))

// SDKs look at the clock: it stands at the exchange's own time.
const RealDate = Date
let now = 0
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length > 0) super(...args)
    else super(now)
  }
  static now() { return now }
}

// A form as the middleware hands it over: what stands there once is no list.
const form = (e) => Object.fromEntries(Object.entries(e.params ?? {}).map(([k, v]) => [k, v.length === 1 ? v[0] : v]))

const passes = async (verify) => {
  try {
    return (await verify()) !== false
  } catch {
    return false
  }
}

// answerGet lets whatever is asked for by https be this text.
const answerGet = (text) => {
  require('https').get = (url, heard) => {
    heard(Object.assign(Readable.from([text]), { statusCode: 200 }))
    return { on() {} }
  }
}

// webhooks is the form that Standard Webhooks and Svix share.
const webhooks = (module, prefix) => {
  const { Webhook } = require(module)
  const names = ['id', 'timestamp', 'signature'].map((n) => `${prefix}-${n}`)
  return {
    sign: (e) => {
      const [id, seconds] = ['msg_' + e.id, String(e.now)]
      const signature = new Webhook(e.secret).sign(id, new Date(e.now * 1000), e.body)
      return { headers: Object.fromEntries(names.map((n, i) => [n, [id, seconds, signature][i]])) }
    },
    verify: (e) => passes(() => { new Webhook(e.secret).verify(e.body, e.headers) })
  }
}

const sdks = {
  twilio: () => {
    const twilio = require('twilio')
    return {
      sign: (e) => ({ headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(e.secret, e.url, form(e)) } }),
      verify: (e) => {
        const signature = e.headers['X-Twilio-Signature']
        if (e.url.includes('bodySHA256')) return twilio.validateRequestWithBody(e.secret, signature, e.url, e.body)
        return twilio.validateRequest(e.secret, signature, e.url, form(e))
      }
    }
  },
  standardwebhooks: () => webhooks('standardwebhooks', 'webhook'),
  svix: () => webhooks('svix', 'svix'),
  'vonage-sms': () => {
    const Vonage = require('@vonage/server-sdk')
    const sig = (e) => Vonage.generateSignature(e.algorithm, e.secret, form(e))
    return { sign: (e) => ({ params: { sig: [sig(e)] } }), verify: (e) => sig(e) === (e.params.sig ?? [])[0] }
  },
  'vonage-jwt': async () => { // its other build needs a newer Node than Debian's
    const { verifySignature } = await import(pathToFileURL(resolve(folder, 'node_modules/@vonage/jwt/dist/esm/index.mjs')))
    return { verify: (e) => passes(() => verifySignature(e.headers.Authorization.split(' ')[1], e.secret)) }
  },
  telnyx: () => {
    const { TelnyxWebhook } = require('telnyx/lib/webhooks')
    return { verify: (e) => passes(async () => { await new TelnyxWebhook(e.secret).verify(e.body, e.headers) }) }
  },
  messagebird: () => {
    const { verify } = require('messagebird/lib/webhook-signature-jwt')
    return {
      verify: (e) => passes(() =>
        verify(e.url, Buffer.from(e.body), e.headers['MessageBird-Signature-JWT'], createSecretKey(Buffer.from(e.secret))))
    }
  },
  plivo: () => {
    const plivo = require('plivo')
    return {
      verify: (e) => passes(() => plivo.validateV3Signature(
        e.method, e.url, e.headers['X-Plivo-Signature-V3-Nonce'], e.secret, e.headers['X-Plivo-Signature-V3'], form(e)))
    }
  },
  line: () => {
    const { validateSignature } = require('@line/bot-sdk')
    return { verify: (e) => passes(() => validateSignature(e.body, e.secret, e.headers['X-Line-Signature'])) }
  },
  viber: () => { // what its middleware asks
    const Validator = require('viber-bot/lib/message/message-validator')
    return {
      verify: (e) => passes(() =>
        new Validator({ debug() {} }, e.secret).validateMessage(e.headers['X-Viber-Content-Signature'], e.body))
    }
  },
  slack: () => {
    const { verifySlackRequest } = require('@slack/bolt/dist/receivers/verify-request')
    return {
      verify: (e) => passes(() => {
        const headers = Object.fromEntries(Object.entries(e.headers).map(([k, v]) => [k.toLowerCase(), v]))
        verifySlackRequest({ signingSecret: e.secret, body: e.body, headers })
      })
    }
  },
  discord: () => {
    const { verifyKey } = require('discord-interactions')
    return {
      verify: (e) => passes(() =>
        verifyKey(e.body, e.headers['X-Signature-Ed25519'], e.headers['X-Signature-Timestamp'], e.secret))
    }
  },
  sendgrid: () => {
    const { EventWebhook, EventWebhookHeader } = require('@sendgrid/eventwebhook')
    const names = [EventWebhookHeader.SIGNATURE(), EventWebhookHeader.TIMESTAMP()]
    const hook = new EventWebhook()
    return {
      verify: (e) => passes(() =>
        hook.verifySignature(hook.convertPublicKeyToECDSA(e.secret), e.body, ...names.map((n) => e.headers[n])))
    }
  },
  resend: () => {
    const { Resend } = require('resend')
    const { webhooks: judge } = new Resend('made-up-key')
    return {
      sign: webhooks('svix', 'svix').sign,
      verify: (e) => passes(() => {
        const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((n) => e.headers[`svix-${n}`])
        judge.verify({ payload: e.body, headers: { id, timestamp, signature }, webhookSecret: e.secret })
      })
    }
  },
  sns: () => {
    const Validator = require('sns-validator')
    return {
      verify: (e) => {
        answerGet(e.certificate)
        return new Promise((resolve) => { new Validator().validate(e.body, (error) => resolve(!error)) })
      }
    }
  }
}

const opened = {}
const answers = []
for (const e of exchanges) {
  now = e.now * 1000
  opened[e.sdk] ??= await sdks[e.sdk]()
  answers.push(what === 'sign' ? opened[e.sdk].sign(e) : { valid: await opened[e.sdk].verify(e) })
}
process.stdout.write(JSON.stringify(answers))
