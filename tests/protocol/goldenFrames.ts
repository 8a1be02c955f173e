/**
 * One frame of each type with the bytes it has on the wire. The bytes are the contract: where one changes, clients in
 * the field break.
 */
import type { Role } from '../../src/protocol/frames.js'
import { Raw } from '../../src/protocol/raw.js'

export type Golden = {
  readonly from: Role | 'node'
  readonly frame: { readonly type: string; readonly [field: string]: unknown }
  readonly hex: string
}

const at = 1_763_000_000_000
const approval = { reviewId: 'r1', operatorId: 'ann', decidedAt: at, edited: true }
const ledger = { generation: 'g1', durability: 'fsync', windowMs: 0 }

export const goldenFrames: readonly Golden[] = [
  {
    from: 'agent',
    frame: {
      type: 'hello',
      id: 1,
      queues: ['mail'],
      capacity: 4,
      instance: 'i1',
      session: 's',
      holding: [{ task: 't1', lease: 'l1' }],
      meta: Raw.of({ v: 1 }),
    },
    hex: '88a474797065a568656c6c6fa2696401a671756575657391a46d61696ca8636170616369747904a8696e7374616e6365a26931a773657373696f6ea173a7686f6c64696e679182a47461736ba27431a56c65617365a26c31a46d65746181a17601',
  },
  {
    from: 'agent',
    frame: { type: 'heartbeat', id: 2, status: 'BUSY', holding: ['l1'], metrics: Raw.of({ cpu: 0.5 }) },
    hex: '85a474797065a9686561727462656174a2696402a6737461747573a442555359a7686f6c64696e6791a26c31a76d65747269637381a3637075cb3fe0000000000000',
  },
  {
    from: 'agent',
    frame: { type: 'reauth', id: 3, token: 'a.b.c' },
    hex: '83a474797065a6726561757468a2696403a5746f6b656ea5612e622e63',
  },
  {
    from: 'agent',
    frame: { type: 'pull', id: 4, credits: 128 },
    hex: '83a474797065a470756c6ca2696404a763726564697473cc80',
  },
  {
    from: 'agent',
    frame: { type: 'progress', task: 't1', lease: 'l1', percent: 12.5, note: 'half' },
    hex: '85a474797065a870726f6772657373a47461736ba27431a56c65617365a26c31a770657263656e74cb4029000000000000a46e6f7465a468616c66',
  },
  {
    from: 'agent',
    frame: {
      type: 'result',
      id: 65_535,
      task: 't1',
      lease: 'l1',
      output: Raw.of({ label: 'spam' }),
      confidence: 0.93,
      credits: 1,
    },
    hex: '87a474797065a6726573756c74a26964cdffffa47461736ba27431a56c65617365a26c31a66f757470757481a56c6162656ca47370616daa636f6e666964656e6365cb3fedc28f5c28f5c3a76372656469747301',
  },
  {
    from: 'agent',
    frame: {
      type: 'fail',
      id: 65_536,
      task: 't1',
      lease: 'l1',
      error: { code: 'BROKEN', message: 'no way' },
      retry: false,
    },
    hex: '86a474797065a46661696ca26964ce00010000a47461736ba27431a56c65617365a26c31a56572726f7282a4636f6465a642524f4b454ea76d657373616765a66e6f20776179a57265747279c2',
  },
  {
    from: 'agent',
    frame: { type: 'release', id: 7, task: 't1', lease: 'l1' },
    hex: '84a474797065a772656c65617365a2696407a47461736ba27431a56c65617365a26c31',
  },
  {
    from: 'agent',
    frame: {
      type: 'propose',
      id: 8,
      task: 't1',
      lease: 'l1',
      key: 'k',
      action: Raw.of(['rm', '-r']),
      confidence: 1,
      summary: 'tidy',
    },
    hex: '88a474797065a770726f706f7365a2696408a47461736ba27431a56c65617365a26c31a36b6579a16ba6616374696f6e92a2726da22d72aa636f6e666964656e636501a773756d6d617279a474696479',
  },
  {
    from: 'agent',
    frame: { type: 'decided', task: 't1', lease: 'l1', key: 'k' },
    hex: '84a474797065a764656369646564a47461736ba27431a56c65617365a26c31a36b6579a16b',
  },
  {
    from: 'producer',
    frame: { type: 'hello', id: 1, subscriber: 'app' },
    hex: '83a474797065a568656c6c6fa2696401aa73756273637269626572a3617070',
  },
  { from: 'producer', frame: { type: 'heartbeat' }, hex: '81a474797065a9686561727462656174' },
  {
    from: 'producer',
    frame: { type: 'reauth', id: 2, token: 'a.b.c' },
    hex: '83a474797065a6726561757468a2696402a5746f6b656ea5612e622e63',
  },
  {
    from: 'producer',
    frame: { type: 'submit', id: 3, tasks: [{ queue: 'mail', payload: Raw.of('hej'), key: 'k', priority: 'high' }] },
    hex: '83a474797065a67375626d6974a2696403a57461736b739184a57175657565a46d61696ca77061796c6f6164a368656aa36b6579a16ba87072696f72697479a468696768',
  },
  { from: 'producer', frame: { type: 'get', id: 4, task: 't1' }, hex: '83a474797065a3676574a2696404a47461736ba27431' },
  {
    from: 'producer',
    frame: { type: 'cancel', id: 5, task: 't1', reason: 'changed my mind' },
    hex: '84a474797065a663616e63656ca2696405a47461736ba27431a6726561736f6eaf6368616e676564206d79206d696e64',
  },
  {
    from: 'producer',
    frame: { type: 'seen', seq: 4_294_967_296 },
    hex: '82a474797065a47365656ea3736571cf0000000100000000',
  },
  {
    from: 'producer',
    frame: { type: 'tasks', id: 6, status: 'FAILED', queue: 'mail', limit: 10, cursor: 'c' },
    hex: '86a474797065a57461736b73a2696406a6737461747573a64641494c4544a57175657565a46d61696ca56c696d69740aa6637572736f72a163',
  },
  {
    from: 'producer',
    frame: { type: 'replay', id: 7, task: 't1' },
    hex: '83a474797065a67265706c6179a2696407a47461736ba27431',
  },
  { from: 'operator', frame: { type: 'hello', id: 1 }, hex: '82a474797065a568656c6c6fa2696401' },
  { from: 'operator', frame: { type: 'heartbeat', id: 2 }, hex: '82a474797065a9686561727462656174a2696402' },
  {
    from: 'operator',
    frame: { type: 'reauth', id: 3, token: 'a.b.c' },
    hex: '83a474797065a6726561757468a2696403a5746f6b656ea5612e622e63',
  },
  {
    from: 'operator',
    frame: { type: 'subscribe', id: 4, filter: { status: 'PENDING', severity: 'high' }, limit: 50 },
    hex: '84a474797065a9737562736372696265a2696404a666696c74657282a6737461747573a750454e44494e47a87365766572697479a468696768a56c696d697432',
  },
  {
    from: 'operator',
    frame: { type: 'cards', id: 5, filter: { reason: 'PII' }, cursor: 'c' },
    hex: '84a474797065a56361726473a2696405a666696c74657281a6726561736f6ea3504949a6637572736f72a163',
  },
  {
    from: 'operator',
    frame: { type: 'get', id: 6, review: 'r1' },
    hex: '83a474797065a3676574a2696406a6726576696577a27231',
  },
  {
    from: 'operator',
    frame: { type: 'claim', id: 7, review: 'r1', force: true },
    hex: '84a474797065a5636c61696da2696407a6726576696577a27231a5666f726365c3',
  },
  {
    from: 'operator',
    frame: { type: 'assign', id: 8, review: 'r1', to: 'bo', note: 'yours' },
    hex: '85a474797065a661737369676ea2696408a6726576696577a27231a2746fa2626fa46e6f7465a5796f757273',
  },
  {
    from: 'operator',
    frame: { type: 'decide', id: 9, review: 'r1', version: 2, status: 'APPROVED', edited: Raw.of(1), reason: 'fine' },
    hex: '87a474797065a6646563696465a2696409a6726576696577a27231a776657273696f6e02a6737461747573a8415050524f564544a665646974656401a6726561736f6ea466696e65',
  },
  {
    from: 'operator',
    frame: { type: 'decideMany', id: 30, cards: [{ review: 'r1', version: 2 }], status: 'REJECTED', reason: 'spam' },
    hex: '85a474797065aa6465636964654d616e79a269641ea563617264739182a6726576696577a27231a776657273696f6e02a6737461747573a852454a4543544544a6726561736f6ea47370616d',
  },
  {
    from: 'operator',
    frame: { type: 'reveal', id: 10, review: 'r1' },
    hex: '83a474797065a672657665616ca269640aa6726576696577a27231',
  },
  { from: 'operator', frame: { type: 'stats', id: 11 }, hex: '82a474797065a57374617473a269640b' },
  {
    from: 'operator',
    frame: { type: 'agents', id: 12, limit: 5 },
    hex: '83a474797065a66167656e7473a269640ca56c696d697405',
  },
  {
    from: 'operator',
    frame: { type: 'audit', id: 13, cursor: 'c' },
    hex: '83a474797065a56175646974a269640da6637572736f72a163',
  },
  {
    from: 'operator',
    frame: { type: 'auditCheckpoint', id: 13 },
    hex: '82a474797065af6175646974436865636b706f696e74a269640d',
  },
  {
    from: 'operator',
    frame: { type: 'auditLines', id: 13, shard: 1, upTo: 200, after: '1-0' },
    hex: '85a474797065aa61756469744c696e6573a269640da5736861726401a47570546fccc8a56166746572a3312d30',
  },
  { from: 'operator', frame: { type: 'auditKey', id: 13 }, hex: '82a474797065a861756469744b6579a269640d' },
  {
    from: 'operator',
    frame: { type: 'eraseAudit', id: 13, entry: '3/17', reason: 'r' },
    hex: '84a474797065aa65726173654175646974a269640da5656e747279a4332f3137a6726561736f6ea172',
  },
  { from: 'operator', frame: { type: 'tasks', id: 14 }, hex: '82a474797065a57461736b73a269640e' },
  {
    from: 'operator',
    frame: { type: 'replay', id: 15, task: 't1' },
    hex: '83a474797065a67265706c6179a269640fa47461736ba27431',
  },
  {
    from: 'operator',
    frame: { type: 'getTask', id: 16, task: 't1' },
    hex: '83a474797065a76765745461736ba2696410a47461736ba27431',
  },
  {
    from: 'operator',
    frame: { type: 'cancelTask', id: 17, task: 't1' },
    hex: '83a474797065aa63616e63656c5461736ba2696411a47461736ba27431',
  },
  { from: 'operator', frame: { type: 'fleet', id: 18 }, hex: '82a474797065a5666c656574a2696412' },
  { from: 'operator', frame: { type: 'cluster', id: 20 }, hex: '82a474797065a7636c7573746572a2696414' },
  { from: 'operator', frame: { type: 'policy', id: 21 }, hex: '82a474797065a6706f6c696379a2696415' },
  {
    from: 'operator',
    frame: { type: 'setPolicy', id: 22, policy: '{"samplePercent":5}', version: 'p_0' },
    hex: '84a474797065a9736574506f6c696379a2696416a6706f6c696379b37b2273616d706c6550657263656e74223a357da776657273696f6ea3705f30',
  },
  {
    from: 'operator',
    frame: { type: 'webhooks', id: 30 },
    hex: '82a474797065a8776562686f6f6b73a269641e',
  },
  {
    from: 'operator',
    frame: {
      type: 'setWebhook',
      id: 31,
      name: 'pager',
      url: 'https://a.example/',
      cards: true,
      outcomes: [{ sub: 'shop', subscriber: 'in' }],
      rotate: true,
    },
    hex: '87a474797065aa736574576562686f6f6ba269641fa46e616d65a57061676572a375726cb268747470733a2f2f612e6578616d706c652fa56361726473c3a86f7574636f6d65739182a3737562a473686f70aa73756273637269626572a2696ea6726f74617465c3',
  },
  {
    from: 'operator',
    frame: { type: 'removeWebhook', id: 32, name: 'pager' },
    hex: '83a474797065ad72656d6f7665576562686f6f6ba2696420a46e616d65a57061676572',
  },
  {
    from: 'operator',
    frame: { type: 'testWebhook', id: 33, name: 'pager' },
    hex: '83a474797065ab74657374576562686f6f6ba2696421a46e616d65a57061676572',
  },
  {
    from: 'operator',
    frame: { type: 'deadDeliveries', id: 34, name: 'pager', limit: 10 },
    hex: '84a474797065ae6465616444656c69766572696573a2696422a46e616d65a57061676572a56c696d69740a',
  },
  {
    from: 'operator',
    frame: { type: 'resend', id: 35, name: 'pager', event: 'evt_1' },
    hex: '84a474797065a6726573656e64a2696423a46e616d65a57061676572a56576656e74a56576745f31',
  },
  {
    from: 'operator',
    frame: { type: 'numbers', id: 36, days: 30 },
    hex: '83a474797065a76e756d62657273a2696424a4646179731e',
  },
  {
    from: 'operator',
    frame: { type: 'calibration', id: 37, queue: 'mail', agent: 'bo' },
    hex: '84a474797065ab63616c6962726174696f6ea2696425a57175657565a46d61696ca56167656e74a2626f',
  },
  {
    from: 'operator',
    frame: { type: 'backtest', id: 23, policy: '{}', limit: 100 },
    hex: '84a474797065a86261636b74657374a2696417a6706f6c696379a27b7da56c696d697464',
  },
  {
    from: 'operator',
    frame: { type: 'control', id: 19, act: 'ban', agent: 'bo/1', reason: 'odd' },
    hex: '85a474797065a7636f6e74726f6ca2696413a3616374a362616ea56167656e74a4626f2f31a6726561736f6ea36f6464',
  },
  {
    from: 'node',
    frame: {
      type: 'welcome',
      re: 1,
      node: 'n1',
      now: at,
      sub: 'ann',
      tenant: 't_a',
      roles: ['operator'],
      heartbeatMs: 5_000,
      limits: { messageBytes: 1_048_576 },
      ledger,
    },
    hex: '8aa474797065a777656c636f6d65a2726501a46e6f6465a26e31a36e6f77cf0000019a7afd1e00a3737562a3616e6ea674656e616e74a3745f61a5726f6c657391a86f70657261746f72ab6865617274626561744d73cd1388a66c696d69747381ac6d6573736167654279746573ce00100000a66c656467657283aa67656e65726174696f6ea26731aa6475726162696c697479a56673796e63a877696e646f774d7300',
  },
  {
    from: 'node',
    frame: { type: 'ack', re: 2, tasks: [{ id: 't1' }, { error: { code: 'INVALID', message: 'queue: missing' } }] },
    hex: '83a474797065a361636ba2726502a57461736b739281a26964a2743181a56572726f7282a4636f6465a7494e56414c4944a76d657373616765ae71756575653a206d697373696e67',
  },
  {
    from: 'node',
    frame: { type: 'error', re: 3, code: 'OVERLOADED', message: 'full', retryAfterMs: 250 },
    hex: '85a474797065a56572726f72a2726503a4636f6465aa4f5645524c4f41444544a76d657373616765a466756c6cac726574727941667465724d73ccfa',
  },
  {
    from: 'node',
    frame: {
      type: 'task',
      task: {
        id: 't1',
        lease: 'l1',
        queue: 'mail',
        step: 2,
        steps: 2,
        attempt: 1,
        payload: Raw.of({ n: 1 }),
        previous: Raw.of(null),
        approval,
        deadline: at,
      },
    },
    hex: '82a474797065a47461736ba47461736b8aa26964a27431a56c65617365a26c31a57175657565a46d61696ca47374657002a5737465707302a7617474656d707401a77061796c6f616481a16e01a870726576696f7573c0a8617070726f76616c84a87265766965774964a27231aa6f70657261746f724964a3616e6ea9646563696465644174cf0000019a7afd1e00a6656469746564c3a8646561646c696e65cf0000019a7afd1e00',
  },
  {
    from: 'node',
    frame: {
      type: 'decision',
      task: 't1',
      lease: 'l1',
      key: 'k',
      review: 'r1',
      status: 'APPROVED',
      operatorId: 'ann',
      decidedAt: at,
      deadline: at,
    },
    hex: '89a474797065a86465636973696f6ea47461736ba27431a56c65617365a26c31a36b6579a16ba6726576696577a27231a6737461747573a8415050524f564544aa6f70657261746f724964a3616e6ea9646563696465644174cf0000019a7afd1e00a8646561646c696e65cf0000019a7afd1e00',
  },
  {
    from: 'node',
    frame: { type: 'cancel', task: 't1', lease: 'l1', reason: 'cancelled' },
    hex: '84a474797065a663616e63656ca47461736ba27431a56c65617365a26c31a6726561736f6ea963616e63656c6c6564',
  },
  {
    from: 'node',
    frame: { type: 'drain', reason: 'restart', reconnectMs: 500 },
    hex: '83a474797065a5647261696ea6726561736f6ea772657374617274ab7265636f6e6e6563744d73cd01f4',
  },
  {
    from: 'node',
    frame: { type: 'ledger', ...ledger },
    hex: '84a474797065a66c6564676572aa67656e65726174696f6ea26731aa6475726162696c697479a56673796e63a877696e646f774d7300',
  },
  {
    from: 'node',
    frame: {
      type: 'outcome',
      seq: 1,
      task: 't1',
      status: 'APPROVED',
      final: true,
      step: 2,
      output: Raw.of('ok'),
      approval,
      at,
    },
    hex: '89a474797065a76f7574636f6d65a373657101a47461736ba27431a6737461747573a8415050524f564544a566696e616cc3a47374657002a66f7574707574a26f6ba8617070726f76616c84a87265766965774964a27231aa6f70657261746f724964a3616e6ea9646563696465644174cf0000019a7afd1e00a6656469746564c3a26174cf0000019a7afd1e00',
  },
  {
    from: 'node',
    frame: { type: 'gap', since: at, until: at + 1 },
    hex: '83a474797065a3676170a573696e6365cf0000019a7afd1e00a5756e74696ccf0000019a7afd1e01',
  },
  {
    from: 'node',
    frame: {
      type: 'card',
      card: { reviewId: 'r1', version: 1, payload: Raw.of('p'), output: Raw.of('o'), status: 'PENDING', createdAt: at },
    },
    hex: '82a474797065a463617264a46361726486a87265766965774964a27231a776657273696f6e01a77061796c6f6164a170a66f7574707574a16fa6737461747573a750454e44494e47a9637265617465644174cf0000019a7afd1e00',
  },
]
