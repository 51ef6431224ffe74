#!/usr/bin/env node
// A plain reference of the contract of diagnosis (docs/diagnosis.md): one Diagnosis per key, fed in batches. Right, not fast;
// one tree for all time, no identities, no damping, no retention. Where the contract's words say otherwise it was changed:
// claims are of the phases M only.
// usage: diagnose.mjs NETWORK EVENTS.ndjson GROUPS.json [--faults FAULTS.ndjson] [--batch SEED [MAX]] [--c.NAME=VALUE]
import fs from 'node:fs'
import path from 'node:path'
import { createHash } from 'node:crypto'

export const C = {
  prior: { source: -9, breaker: -7, recloser: -7, switch: -9.5, fuse: -9, transformer: -10.5, customer: -13.5 },
  noise: -12,                                  // log chance that a supplied customer's device says "out" within one onset
  meter: [2, 2], onu: [3, 1.2],                 // Beta of the reporting rate, per source: unknown, integrated out
  back: [6, .7], strayBack: Math.log(2e-3),    // rate of returns told; chance of a lone return within reach by other causes
  scada: 14, unwatched: -3.5, onePhase: -1.5, deadPen: 2,
  biasM: 1000, biasO: 5000, tol0: 2000, tol1: 4000, tolS: 1500, tolW: 5500, link: 60000, pair: 6000,
  reach: 60000, core: .3, coreVar: 2 * 1.8 * 1.8, skewDens: .28, skewVar: 2 * 20 * 20, tailDens: 8e-3, skewA: 1, skewB: 10, onuCore: 6.5, onuFar: 1e-6, hit: -.8,
  again: -7, deadNoise: -6, apart: -4,
  slot: 10000, near: 9, nearShare: .25, settle: 200000, lag: 60000, retLag: 90000, closeReach: 200000, tripReach: 7000, hold: 6 * 36e5,
  stray: -5, calibration: [[-4, -3.1], [-2.5, -2.4], [0, -1], [0.6, 0.7], [2, 1.1], [5, 2.2], [8, 4], [12, 4.8]], callers: [.03, .3, .6],
  useFloor: true, useOpen: true, useFresh: true, deadRate: 0.1, useR: true, useDead: true, useStray: true, useSkew: true, useClose: true, usePhase: true, useCallOwn: true,
}
for (const a of process.argv) if (a.startsWith('--c.')) { const [k, v] = a.slice(4).split('='), p = k.split('.'); let o = C; while (p.length > 1) o = o[p.shift()]; o[p[0]] = JSON.parse(v) }
const LG = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7]
function lgam(x) { if (x < .5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lgam(1 - x); x -= 1; let a = LG[0]; const t = x + 7.5; for (let i = 1; i < 9; i++) a += LG[i] / (x + i); return .5 * Math.log(2 * Math.PI) + (x + .5) * Math.log(t) - t + Math.log(a) }
const table = a => { let n = 256, t = new Float64Array(n); for (let i = 0; i < n; i++) t[i] = lgam(a + i); return k => { if (k >= n) { const m = Math.max(k + 1, n * 2), u = new Float64Array(m); u.set(t); for (let i = n; i < m; i++) u[i] = lgam(a + i); t = u; n = m } return t[k] } }
const beta = (a, b) => { const A = table(a), B = table(b), S = table(a + b), z = A(0) + B(0) - S(0); return (k, n) => A(k) + B(n - k) - S(n) - z } // log Beta-binomial without the binomial coefficient
let bbM, bbO, bbR, bbU
function tables() { bbM = beta(C.meter[0], C.meter[1]); bbO = beta(C.onu[0], C.onu[1]); bbR = beta(C.back[0], C.back[1]); bbU = beta(1, 1) }
tables()

const csv = f => { const [h, ...r] = fs.readFileSync(f, 'utf8').trim().split(/\r?\n/); const k = h.split(','); return r.filter(l => l).map(l => { const v = l.split(','); const o = {}; k.forEach((x, i) => o[x] = v[i] ?? ''); return o }) }
const PH = { A: 0, B: 1, C: 2 }, WATCHED = new Set(['source', 'breaker', 'recloser']), POLES = new Set(['fuse', 'switch', 'recloser'])
export class Net {
  constructor(dir) {
    const dev = csv(path.join(dir, 'devices.csv')), dps = csv(path.join(dir, 'distribution_points.csv')), cust = csv(path.join(dir, 'customers.csv'))
    this.trees = new Map(); this.asset = new Map()
    const tree = f => { let t = this.trees.get(f); if (!t) this.trees.set(f, t = { f, id: [], kind: [], up: [], kids: [], ph: [], lat: [], lon: [], ix: new Map(), onu: new Set(), meter: new Set() }); return t }
    const add = (t, id, kind, ph, lat, lon) => { const i = t.id.length; t.id.push(id); t.kind.push(kind); t.up.push(-1); t.kids.push([]); t.ph.push(ph); t.lat.push(+lat); t.lon.push(+lon); t.ix.set(id, i); return i }
    const live = dev.filter(d => d.normally_open !== '1'), one = p => p && p.length === 1 ? PH[p] : 3, byF = new Map(), isDev = new Map(live.map(d => [d.device_id, d.feeder_id]))
    for (const d of live) { const t = tree(d.feeder_id); this.asset.set(d.device_id, [t, add(t, d.device_id, d.type, one(d.phases), d.lat, d.lon)]) }
    for (const d of live) { const t = tree(d.feeder_id), u = t.ix.get(d.upstream_device_id); if (u !== undefined) { const i = t.ix.get(d.device_id); t.up[i] = u; t.kids[u].push(i) } }
    const where = new Map()
    for (const p of dps) { const t = tree(p.feeder_id), i = add(t, p.dp_id, 'transformer', one(p.phases), p.lat, p.lon), u = t.ix.get(p.device_id); if (u !== undefined) { t.up[i] = u; t.kids[u].push(i) } where.set(p.dp_id, t); this.asset.set(p.dp_id, [t, i]) }
    for (const c of cust) {
      const t = where.get(c.dp_id); if (!t) continue
      const u = t.ix.get(c.dp_id), i = add(t, c.customer_id, 'customer', t.ph[u], c.lat, c.lon); t.up[i] = u; t.kids[u].push(i)
      this.asset.set(c.customer_id, [t, i]); if (c.meter_id) { this.asset.set(c.meter_id, [t, i]); t.meter.add(i) }
      if (c.onu_id) { this.asset.set(c.onu_id, [t, i]); t.onu.add(i) } else this.asset.set('ONU' + c.customer_id.slice(1), [t, i])
    }
    for (const f of csv(path.join(dir, 'feeders.csv'))) if (this.trees.has(f.feeder_id)) this.trees.get(f.feeder_id).sub = f.substation_id
    for (const t of this.trees.values()) finish(t)
  }
}
function finish(t) {
  const s = t.id.length, n = s + 1; t.source = s; t.root = n; t.id.push('FEEDER:' + t.f, ''); t.kind.push('source', 'root'); t.up.push(n, -1); t.kids.push([], [s]); t.ph.push(3, 3); t.lat.push(0, 0); t.lon.push(0, 0)
  for (let i = 0; i < s; i++) if (t.up[i] < 0) { t.up[i] = s; t.kids[s].push(i) }
  t.depth = new Int16Array(n + 1); t.cnt = new Int32Array((n + 1) * 12); t.lo = new Int32Array(n + 1); t.hi = new Int32Array(n + 1); t.mask = new Uint8Array(n + 1); t.rank = new Int32Array(n + 1)
  let pos = 0, r = 0
  const visit = (x, d) => { t.depth[x] = d; t.lo[x] = pos; if (t.kind[x] === 'customer') { pos++; const p = t.ph[x]; if (t.meter.has(x)) t.cnt[x * 12 + p] = 1; if (t.onu.has(x)) t.cnt[x * 12 + 4 + p] = 1; t.cnt[x * 12 + 8 + p] = 1 } for (const k of t.kids[x]) { visit(k, d + 1); for (let i = 0; i < 12; i++) t.cnt[x * 12 + i] += t.cnt[k * 12 + i] } t.hi[x] = pos; t.rank[x] = r++; let m = 0; for (let i = 0; i < 4; i++) if (t.cnt[x * 12 + 8 + i]) m |= 1 << i; t.mask[x] = m }
  visit(n, 0); t.nearMap = new Map(); t.dps = []; for (let i = 0; i < s; i++) if (t.kind[i] === 'transformer') t.dps.push(i)
}
const rep = x => { const c = x.kc; return (c[0] ? 1 : 0) | (c[1] ? 2 : 0) | (c[2] ? 4 : 0) | (c[3] ? 8 : 0) } // phases with reporters
const nearOf = (t, d) => { let r = t.nearMap.get(d); if (!r) { r = t.dps.filter(x => x !== d).map(x => [(t.lat[x] - t.lat[d]) ** 2 + (t.lon[x] - t.lon[d]) ** 2, x]).sort((a, b) => a[0] - b[0] || (t.id[a[1]] < t.id[b[1]] ? -1 : 1)).slice(0, 4).map(x => x[1]); t.nearMap.set(d, r) } return r }
const inside = (t, a, b) => t.lo[a] >= t.lo[b] && t.hi[a] <= t.hi[b]
const byTime = (a, b) => a.t - b.t || (a.source < b.source ? -1 : a.source > b.source ? 1 : a.id < b.id ? -1 : 1)
const order = (a, b) => a.T - b.T || a.n - b.n || a.w - b.w
const NONE = []
function merged(lists) { // sorted lists of [slot, counts...] into one
  if (lists.length === 0) return NONE; if (lists.length === 1) return lists[0]
  if (lists.length === 2) { const [a, b] = lists, out = []; let i = 0, j = 0; while (i < a.length && j < b.length) { const x = a[i], y = b[j]; if (x[0] < y[0]) { out.push(x); i++ } else if (y[0] < x[0]) { out.push(y); j++ } else { out.push(x.length === 2 ? [x[0], x[1] + y[1]] : [x[0], x[1] + y[1], x[2] + y[2], x[3] + y[3], x[4] + y[4]]); i++; j++ } } while (i < a.length) out.push(a[i++]); while (j < b.length) out.push(b[j++]); return out }
  const all = [].concat(...lists).sort((a, b) => a[0] - b[0]), out = []
  for (const e of all) { const l = out[out.length - 1]; if (l && l[0] === e[0]) { const m = l.slice(); for (let i = 1; i < e.length; i++) m[i] += e[i]; out[out.length - 1] = m } else out.push(e) }
  return out
}
const first = (pool, s) => { let a = 0, b = pool.length; while (a < b) { const m = (a + b) >> 1; if (pool[m][0] < s) a = m + 1; else b = m } return a }
// log likelihood ratio of x's reports, as reports of an opening at T told by a clock or line that was off, against noise
function skewed(x, T, p) {
  if (x.kids) { let v = 0; for (const k of x.kids) v += skewed(k, T, p); return v }
  let v = 0
  for (const e of x.ev) { const d = (e.t - (e.source === 'onu' ? C.biasO : C.biasM) - T) / 1000
    if (e.source === 'onu') v += (Math.abs(d) <= C.onuCore ? C.hit : Math.log(C.onuFar)) - C.noise + C.hit
    else if (e.source === 'kaifa') v += Math.log(C.core * Math.exp(-d * d / C.coreVar) + p * (C.skewDens * Math.exp(-d * d / C.skewVar) + C.tailDens)) - C.noise + C.hit }
  return v
}
const calibrated = x => { const c = C.calibration; if (x <= c[0][0]) return c[0][1]; for (let i = 1; i < c.length; i++) if (x <= c[i][0]) return c[i - 1][1] + (c[i][1] - c[i - 1][1]) * (x - c[i - 1][0]) / (c[i][0] - c[i - 1][0]); return c[c.length - 1][1] }
// an explanation: one shape for all, so that the engine sees one kind of object
function item(n, M, T, w, k, kc, kr, L, ev, kids, ret, back) { return { n, M, T, w, k, kc, kr, L, ev, kids, ret, back, last: T, gain: 0, g0: 0, tc: 0, end: 0, scada: false, sure: false, raw: false, margin: Infinity, rival: Infinity, gone: 0 } }
export class Diagnosis {
  constructor(tree) { this.t = tree; this.ev = new Map(); this.trip = new Map(); this.close = new Map(); this.sol = new Map(); this.dirty = new Set(); this.W = -Infinity; this.loose = []; this.due = []; this.evals = 0; this.cancelled = []; this.force = new Set() }
  add(e) { // {source, id, kind, n, t, suspect}; kind confirm, cancel: the operator's word on the opening of n at t
    const t = this.t
    if (e.kind === 'cancel') { this.cancelled.push(e); this.dirty.add(e.n); this.force.add(e.n); return }
    if (e.kind === 'confirm') { let l = this.trip.get(e.n); if (!l) this.trip.set(e.n, l = []); l.push(e); l.sort(byTime); l.items = null; this.dirty.add(e.n); return }
    if (!e.suspect && e.t > this.W) this.W = e.t
    if (t.kind[e.n] !== 'customer') {
      const out = e.kind === 'outage', m = out ? this.trip : this.close; let l = m.get(e.n); if (!l) m.set(e.n, l = []); l.push(e); l.sort(byTime); l.items = null
      this.dirty.add(e.n); if (!out) this.force.add(e.n)
      const lo = out ? e.t - 20000 : e.t - 5000, hi = out ? e.t + 20000 : e.t + C.closeReach
      for (const [c, q] of this.ev) if (inside(t, c, e.n) && q.some(x => (x.kind === 'outage') === out && x.t >= lo && x.t <= hi)) this.dirty.add(c)
      return
    }
    if (e.suspect || e.source === 'call_center') { if (e.kind === 'outage') this.loose.push(e); return }
    let l = this.ev.get(e.n); if (!l) this.ev.set(e.n, l = []); l.push(e); this.dirty.add(e.n)
  }
  tripAt(x, T) { const t = this.t; for (x = t.up[x]; x >= 0; x = t.up[x]) { const l = this.trip.get(x); if (l) for (const e of l) if (Math.abs(e.t - T) <= C.tripReach) return e.t } return 0 }
  closeAt(x, r) { if (!C.useClose) return Infinity; const t = this.t; for (x = t.up[x]; x >= 0; x = t.up[x]) { const l = this.close.get(x); if (l) for (const e of l) if (r >= e.t - 5000 && r <= e.t + C.closeReach) return e.t } return Infinity }
  // 1. one customer: its reports as onsets, each with its return; returns without an onset go to the pool
  leaf(c) {
    const t = this.t, p = t.ph[c], l = this.ev.get(c).slice().sort(byTime), O = [], R = [], items = [], pool = []
    for (const e of l) if (e.kind === 'restoration') { const x = R[R.length - 1]; if (!x || e.t - x.t > 200000) R.push({ t: e.t, used: false, by: this.closeAt(c, e.t) }) }
    for (const e of l) if (e.kind === 'outage') O.push({ e, T: e.t - (e.source === 'onu' ? C.biasO : C.biasM), o: e.source === 'onu' ? 4 : 0 })
    O.sort((a, b) => a.T - b.T || byTime(a.e, b.e))
    for (const o of O) {
      const x = items[items.length - 1]
      if (x && o.T - x.last <= C.link && !(x.k[o.o + p] && o.T - x.last > 10000) && (o.T - x.T <= C.pair || this.tripAt(c, o.T) === this.tripAt(c, x.T)) && !R.some(r => r.t > x.last + 3000 && r.t < o.T)) {
        x.last = o.T; x.ev.push(o.e)
        if (!x.k[o.o + p]) { const near = Math.abs(x.T - o.T) <= C.pair; x.T = o.o ? near ? Math.round(x.T * .77 + o.T * .23) : o.T : near ? Math.round(x.T * .23 + o.T * .77) : x.T; x.k[o.o + p] = 1 }
      } else {
        const k = [0, 0, 0, 0, 0, 0, 0, 0], kc = [0, 0, 0, 0]; k[o.o + p] = 1; kc[p] = 1
        items.push(item(c, 1 << p, o.T, 1, k, kc, [0, 0, 0, 0], Array.from(t.cnt.subarray(c * 12, c * 12 + 12)), [o.e], null, NONE, 0))
      }
    }
    for (let i = 0; i < items.length; i++) { const x = items[i], nx = i + 1 < items.length ? items[i + 1].T : Infinity, r = R.find(r => r.t > x.T + 3000 && r.t < nx + 2000 && !(r.by < x.T - 5000)); if (r) { x.ret = [[Math.floor(r.t / C.slot), 1]]; x.back = 1; r.used = true }
      const s = this.score(c, x.M, x.k, x.kc, x.L, x.kr, x, false, 0); x.gain = x.g0 = s.g0; x.end = this.endOf(x) }
    for (const r of R) if (!r.used && r.by === Infinity) { const v = [Math.floor(r.t / C.slot), 0, 0, 0, 0]; v[1 + p] = 1; pool.push(v) }
    return { items: items.sort(order), pool, eps: null }
  }
  // 2. log odds of "n opened for the phases M" against noise
  score(n, M, k, kc, L, kr, ret, own, gone) {
    const t = this.t; let km = 0, ko = 0, nm = 0, no = 0, c = 0, nc = 0, r = 0
    for (let p = 0; p < 4; p++) if (M >> p & 1) { km += k[p]; ko += k[4 + p]; nm += L[p]; no += L[4 + p]; c += kc[p]; nc += L[8 + p]; r += kr[p] }
    if (nm < km) nm = km; if (no < ko) no = ko; if (nc < c + r) nc = c + r
    let g = C.prior[t.kind[n]] - C.deadPen * gone
    if (M !== t.mask[n]) g += C.onePhase
    if (own) g += own === 2 ? 1000 : C.scada; else if (WATCHED.has(t.kind[n])) g += C.unwatched
    g += bbM(km, nm) + bbO(ko, no) - (km + ko) * C.noise
    const g0 = g
    if (C.useR && ret.ret.length && ret.back >= .7 * ret.w) {
      const last = (ret.ret[ret.ret.length - 1][0] + 1) * C.slot + C.settle
      if (this.W >= last) g += bbR(r, nc - c) - r * C.strayBack
      else { g += Math.max(0, bbU(r, nc - c) - r * C.strayBack); if (last < this.wake) this.wake = last }
    } else if (C.useR && r) g += Math.max(0, bbU(r, nc - c) - r * C.strayBack)
    return { g, g0, km, ko, nm, no, c, nc, r }
  }
  fits(ret, s) { let c = 0, tot = 0; for (const r of ret) { tot += r[1]; if (Math.abs(r[0] - s) <= C.near) c += r[1] } return c > 0 && c >= C.nearShare * tot }
  claim(pool, ret, T, M) { const kr = [0, 0, 0, 0]; if (C.useR && ret.length) for (const s of pool) if ((s[0] + 1) * C.slot > T && this.fits(ret, s[0])) for (let p = 0; p < 4; p++) if (M >> p & 1) kr[p] += s[1 + p]; return kr }
  tol(a, b) { return C.tol0 + C.tol1 / Math.sqrt(Math.max(1, a)) + C.tol1 / Math.sqrt(Math.max(1, b)) }
  // when most of what x took out had supply again (for later onsets)
  endOf(x) { let tot = 0, c = 0; for (const r of x.ret) tot += r[1]; for (const r of x.ret) { c += r[1]; if (2 * c >= tot) return (r[0] + .5) * C.slot - C.lag } if (x.scada) for (const e of this.close.get(x.n) || NONE) if (e.t > x.T) return e.t; return x.T + C.hold }
  // 3. one node: gather the children's explanations, cut into episodes, solve what changed
  node(n) {
    const t = this.t, lists = [], pools = [], old = this.sol.get(n)
    for (const k of t.kids[n]) { const s = this.sol.get(k); if (s) { if (s.items.length) lists.push(s.items); if (s.pool.length) pools.push(s.pool) } }
    let trips = this.trip.get(n)
    if (trips) { if (!trips.items) { trips.items = []; for (const e of trips) { const x = trips.items[trips.items.length - 1]; if (x && e.t - x.T < 3000 && e.kind !== 'confirm') x.ev.push(e); else { const y = item(n, t.mask[n], e.t, 0, [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], Array.from(t.cnt.subarray(n * 12, n * 12 + 12)), [e], null, NONE, 0); y.scada = y.raw = true; y.sure = e.kind === 'confirm'; y.end = e.t; trips.items.push(y) } } } lists.push(trips.items) }
    const items = lists.length === 1 ? lists[0] : lists.length ? [].concat(...lists).sort(order) : NONE
    let pool = merged(pools)
    if (!items.length) return { items, pool, eps: null }
    const eps = [], before = old && old.eps || NONE, outAll = [], open = []; let at = 0; const dead = new Array(14).fill(0)
    for (let i = 0; i < items.length;) {
      let j = i + 1; while (j < items.length && items[j].T - items[j - 1].T <= C.reach) j++
      const a = items[i].T, len = j - i; while (at < before.length && before[at].items[0].T < a) at++; let was = null; for (let q = at; q < before.length && before[q].items[0].T === a; q++) if (before[q].items[0] === items[i]) was = before[q]
      for (let q = open.length - 1; q >= 0; q--) if (open[q].end <= a) { const x = open[q]; for (let b = 0; b < 12; b++) dead[b] -= x.L[b]; dead[12] -= x.n * 16 + x.M; if (x.ret.length) dead[13] -= x.n * 16 + x.M; open[q] = open[open.length - 1]; open.pop() }
      let ep = null
      if (was && was.len === len && this.W < was.wake && !this.force.has(n)) {
        let same = true; for (let q = 0; q < len && same; q++) same = was.items[q] === items[i + q]; for (let b = 0; b < 14 && same; b++) same = was.dead[b] === dead[b]
        if (same) { let q = 0; if (was.hi >= was.lo) for (let y = first(pool, was.lo); y < pool.length && pool[y][0] <= was.hi; y++) { const s = pool[y], z = was.pool[q++]; if (!z || (z !== s && (z[0] !== s[0] || z[1] !== s[1] || z[2] !== s[2] || z[3] !== s[3] || z[4] !== s[4]))) { same = false; break } } if (same && q === was.pool.length) ep = was }
      }
      if (!ep) ep = n === t.root ? this.rootEpisode(items.slice(i, j)) : this.episode(n, items.slice(i, j), dead.slice(), pool, open)
      eps.push(ep)
      if (ep.wake < Infinity) this.due.push([ep.wake, n])
      if (ep.claims.length && ep.pool.length) { const cl = ep.claims; pool = pool.map(v => { let y = v; for (const z of cl) if ((v[0] + 1) * C.slot > z.T && this.fits(z.ret, v[0])) { if (y === v) y = v.slice(); for (let p = 0; p < 4; p++) if (z.M >> p & 1) y[1 + p] = 0 } return y }).filter(v => v[1] + v[2] + v[3] + v[4]) }
      for (const x of ep.out) { outAll.push(x); if (C.useDead && x.end > a && !x.raw && x.w >= C.deadRate * (x.L[8] + x.L[9] + x.L[10] + x.L[11])) { open.push(x); for (let b = 0; b < 12; b++) dead[b] += x.L[b]; dead[12] += x.n * 16 + x.M; if (x.ret.length) dead[13] += x.n * 16 + x.M } }
      i = j
    }
    return { items: outAll, pool, eps }
  }
  // an episode: items of n's children (and trips of n) no more than `reach` apart; dead: customers out since before it
  episode(n, items, dead0, pool0, open) {
    this.evals++
    const t = this.t, N = items.length, used = new Uint8Array(N), out = [], claims = [], rej = new Map(); this.wake = Infinity
    let lo = Infinity, hi = -Infinity; for (const x of items) if (x.ret.length) { lo = Math.min(lo, x.ret[0][0] - C.near); hi = Math.max(hi, x.ret[x.ret.length - 1][0] + C.near) }
    let win = NONE; if (hi >= lo) { const y = first(pool0, lo); let z = y; while (z < pool0.length && pool0[z][0] <= hi) z++; if (z > y) win = pool0.slice(y, z) } let pool = win
    const dens = new Float64Array(N)                                    // sum of w (8 s - |dT|), by running sums: N neighbours cost N, not N squared
    if (N > 1) { const t0 = items[0].T; let lo = 0, sw = 0, st = 0
      for (let i = 0; i < N; i++) { const T = items[i].T - t0; while (T - (items[lo].T - t0) >= 8000) { sw -= items[lo].w; st -= items[lo].w * (items[lo].T - t0); lo++ } dens[i] += sw * (8000 - T) + st; sw += items[i].w; st += items[i].w * T; dens[i] += 8000 * items[i].w }
      lo = N - 1; sw = st = 0
      for (let i = N - 1; i >= 0; i--) { const T = items[i].T - t0; while (items[lo].T - t0 - T >= 8000) { sw -= items[lo].w; st -= items[lo].w * (items[lo].T - t0); lo-- } dens[i] += sw * (8000 + T) - st; sw += items[i].w; st += items[i].w * T } }
    const mine = x => x.raw === true && x.n === n
    const seeds = N === 1 ? [0] : items.map((x, i) => i).sort((a, b) => mine(items[b]) - mine(items[a]) || dens[b] - dens[a] || items[b].w - items[a].w || a - b)
    const multi = C.usePhase && t.ph[n] === 3 && POLES.has(t.kind[n]), full = t.mask[n]
    for (const s of seeds) {
      if (used[s]) continue
      const seed = items[s], T = seed.T, own = mine(seed) ? seed.sure ? 2 : 1 : 0, core = [], far = []
      if (this.cancelled.length && this.cancelled.some(e => e.n === n && Math.abs(e.t - T) <= 15000)) continue
      let j0 = s; while (j0 > 0 && T - items[j0 - 1].T <= C.reach) j0--
      for (let j = j0; j < N && items[j].T - T <= C.reach; j++) {
        if (used[j]) continue
        const x = items[j], dt = Math.abs(x.T - T)
        if (j === s || (own ? dt <= C.tolS + C.tolW / Math.sqrt(Math.max(1, x.w)) : dt <= this.tol(x.w, seed.w))) { if (j === s || !mine(x)) core.push(j) } else if (C.useSkew && !x.scada) far.push(j)
      }
      const dead = dead0.slice(0, 12)
      if (C.useFresh) for (const x of open) if (!x.ret.length) for (const j of core) if (items[j].w && inside(t, items[j].n, x.n) && items[j].M & x.M) { for (let b = 0; b < 12; b++) dead[b] -= x.L[b]; break }
      if (C.useDead) { for (let j = 0; j < N && items[j].T < T - 10000; j++) if (!used[j] && items[j].end > T && !items[j].raw && !core.includes(j)) for (let b = 0; b < 12; b++) dead[b] += items[j].L[b]; for (const x of out) if (x.T < T - 10000 && x.end > T) for (let b = 0; b < 12; b++) dead[b] += x.L[b] }
      let tot = 0, gn = 0; for (let p = 8; p < 12; p++) { tot += t.cnt[n * 12 + p]; gn += dead[p] } const gone = tot ? Math.max(0, Math.min(1, gn / tot)) : 0
      let best = null, second = -1e9
      for (const M of multi ? own ? [full, 1, 2, 3, 4, 5, 6] : [full, 1, 2, 4] : [full]) {
        if (M !== full && (!(M & full) || (M & full) === full)) continue
        if (rep(seed) & ~M && !own) continue
        if (C.useOpen && !own && core.length === 1 && seed.w === 1 && (open.some(x => x.n === n && (x.M & M) === M) || out.some(x => x.n === n && (x.M & M) === M && x.T < T - 10000 && x.end > T))) continue
        const k = [0, 0, 0, 0, 0, 0, 0, 0], kc = [0, 0, 0, 0], L = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], inn = [], rets = []; let back = 0, w = 0, sum = 0, sT = 0, tc = 0, nf = 0, km = 0
        for (const j of core) { const x = items[j]; if (rep(x) & ~M && !mine(x)) continue; inn.push(j); for (let i = 0; i < 8; i++) k[i] += x.k[i]; for (let i = 0; i < 4; i++) { kc[i] += x.kc[i]; km += x.k[i] } if (x.ret.length) rets.push(x.ret); if (!x.raw && C.useFloor) for (let i = 0; i < 12; i++) L[i] += x.L[i]; back += x.back; w += x.w; sT += x.T * x.w; sum += Math.max(0, x.gain); tc += x.tc }
        for (let i = 0, b = n * 12; i < 12; i++) { if (M >> (i & 3) & 1) { const c = t.cnt[b + i], v = c - dead[i]; if (v > L[i]) L[i] = v; if (L[i] > c) L[i] = c } else L[i] = 0 }
        const ret = merged(rets), kr = this.claim(pool, ret, T, M); for (const j of inn) for (let i = 0; i < 4; i++) kr[i] += items[j].kr[i]
        const TT = own || !w ? T : Math.round(sT / w), end = ret.length ? (ret[0][0] + .5) * C.slot : Infinity
        for (const j of far) { const x = items[j]; if (!(rep(x) & ~M) && x.w <= 3 && x.k[4] + x.k[5] + x.k[6] + x.k[7] === 0) nf += x.w }
        const pS = Math.min(.5, (C.skewA + nf) / (C.skewB + km + nf)), sats = []; let sat = 0, cost = 0
        for (const j of far) { const x = items[j]; if (rep(x) & ~M || x.w > Math.max(own ? 5 : 0, w / 2)) continue
          const tr = this.tripAt(x.n, x.T); if (tr && Math.abs(tr - TT) > 3000) continue
          const v = skewed(x, TT, pS), apart = ret.length && x.ret.length && !x.ret.some(q => this.fits(ret, q[0])) ? C.apart : 0
          const net = v + apart - (x.T > TT && x.T < end ? Math.max(C.deadNoise, x.g0 + C.again) : Math.max(0, x.g0))
          if (net > 0) { sats.push(j); sat += net; let kk = 0; for (const q of x.k) kk += q; cost += Math.max(0, kk * (C.hit - C.noise) - v) } }
        const r = this.score(n, M, k, kc, L, kr, { ret, back, w }, own, gone); r.g -= tc; r.g0 -= tc
        const net = r.g - sum + (inn.length > 1 || w > 1 || own ? sat : Math.min(sat, 0))
        if (!best || net > best.net) { if (best) second = Math.max(second, best.net); best = { net, g: r.g, g0: r.g0, M, k, kc, L, kr, ret, back, w, inn, sats, T: TT, tc: tc + cost } } else second = Math.max(second, net)
      }
      if (!best) continue
      if (best.net > 0 || own) {
        const kids = best.inn.concat(best.sats).sort((a, b) => a - b), k = best.k, kc = best.kc, rets = [best.ret]
        for (const j of best.sats) { const x = items[j]; for (let i = 0; i < 8; i++) k[i] += x.k[i]; for (let i = 0; i < 4; i++) kc[i] += x.kc[i]; if (x.ret.length) rets.push(x.ret); best.back += x.back; best.w += x.w }
        const ret0 = best.ret; best.ret = merged(rets.filter(r => r.length))
        if (best.sats.length) { const r = this.score(n, best.M, k, kc, best.L, best.kr, best, own, gone); best.g = r.g - best.tc; best.g0 = r.g0 - best.tc }
        const ev = [], ch = []; for (const j of kids) { used[j] = 1; if (mine(items[j])) ev.push(...items[j].ev); else ch.push(items[j]) }
        const x = item(n, best.M, best.T, best.w, k, kc, best.kr, best.L, ev, ch, best.ret, best.back); x.gain = best.g; x.g0 = best.g0; x.tc = best.tc; x.scada = own > 0; x.sure = own === 2; if (!own) x.margin = best.net; x.rival = best.net - second; x.gone = gone
        x.end = this.endOf(x); out.push(x)
        if (C.useR && ret0.length) { const z = { T, M: best.M, ret: ret0 }; claims.push(z); pool = pool.map(v => { if ((v[0] + 1) * C.slot <= T || !this.fits(ret0, v[0])) return v; const y = v.slice(); for (let p = 0; p < 4; p++) if (z.M >> p & 1) y[1 + p] = 0; return y }).filter(v => v[1] + v[2] + v[3] + v[4]) }
      } else for (const j of best.inn) { const o = rej.get(items[j]); if (o === undefined || best.net > o) rej.set(items[j], best.net) }
    }
    for (let j = 0; j < N; j++) if (!used[j]) out.push(items[j])
    out.sort(order)
    return { items, len: N, dead: dead0, lo, hi, pool: win, out, claims, rej, wake: this.wake }
  }
  // 4. at the head: reporters whose registry row is wrong join the explanation they are simultaneous and neighbours with
  rootEpisode(items) {
    const t = this.t, home = new Map()
    if (C.useStray) for (const x of items) {
      if (x.w > 2 || x.scada || !x.w) continue
      const d = t.kind[x.n] === 'customer' ? t.up[x.n] : x.n; if (t.kind[d] !== 'transformer') continue
      let kk = 0, best = null; for (const v of x.k) kk += v
      if (C.stray * x.w + kk * (C.hit - C.noise) < Math.max(0, x.g0)) continue
      for (const g of items) {
        if (g === x || home.has(g) || g.w < x.w || (g.w === x.w && (g.gain < x.gain || (g.gain === x.gain && g.n < x.n))) || Math.abs(g.T - x.T) > this.tol(x.w, g.w)) continue
        if (nearOf(t, d).some(y => (inside(t, y, g.n) && g.M >> t.ph[y] & 1) || (t.kind[g.n] === 'customer' && t.up[g.n] === y)) && (!best || g.w > best.w)) best = g
      }
      if (best) home.set(x, best)
    }
    return { items, len: items.length, dead: new Array(12).fill(0), lo: Infinity, hi: -Infinity, pool: NONE, out: items, claims: NONE, rej: null, wake: Infinity, home }
  }
  solve() {
    const t = this.t
    if (this.due.length) { const keep = [], seen = new Set(); for (const d of this.due) { if (d[0] <= this.W) this.dirty.add(d[1]); else { const k = (d[0] - 1.7e12) * 4096 + d[1]; if (!seen.has(k)) { seen.add(k); keep.push(d) } } } this.due = keep }
    const q = new Set(); for (const n of this.dirty) for (let x = n; x >= 0 && !q.has(x); x = t.up[x]) q.add(x)
    this.dirty.clear()
    for (const n of [...q].sort((a, b) => t.rank[a] - t.rank[b])) this.sol.set(n, t.kind[n] === 'customer' ? this.leaf(n) : this.node(n))
    this.force.clear()
    return q.size
  }
  // 5. faults, and what attaches to them: calls and reports with a suspect clock
  final() {
    const t = this.t, s = this.sol.get(t.root), F = [], of = new Map(), group = new Map(), own = new Map()
    if (s && s.eps) for (const ep of s.eps) { for (const x of ep.out) if (!ep.home.has(x)) { const f = { x, n: x.n, M: x.M, T: x.T, w: x.w, id: t.id[x.n] + '@' + x.T, parts: [x] }; F.push(f); of.set(x, f) }
      for (const [x, g] of ep.home) { let y = g; while (ep.home.has(y)) y = ep.home.get(y); const f = of.get(y); f.parts.push(x); f.strays = (f.strays || 0) + x.w } }
    F.sort((a, b) => order(a.x, b.x))
    const walk = (x, f) => { for (const e of x.ev) group.set(e.source + '/' + e.id, f); if (x.kids) for (const k of x.kids) walk(k, f); else if (t.kind[x.n] === 'customer') { let l = own.get(x.n); if (!l) own.set(x.n, l = []); l.push([x, f]) } }
    for (const f of F) { for (const x of f.parts) walk(x, f); const x = f.x; let tot = 0, c = 0; for (const r of x.ret) tot += r[1]; f.first = 0; f.back = Infinity
      for (const r of x.ret) { c += r[1]; if (!f.first && c > .08 * tot) f.first = r[0] * C.slot; if (x.back >= .3 * x.w && c >= .9 * tot) { f.back = (r[0] + 1) * C.slot; break } }
      if (f.back === Infinity && x.scada) for (const e of this.close.get(x.n) || NONE) if (e.t > x.T && e.t + 30000 < f.back) f.back = e.t + 30000 }
    const speaks = (x, n) => inside(t, x.n, n) ? x.w > 0 : inside(t, n, x.n) && x.kids ? x.kids.some(k => speaks(k, n)) : false // a reporter of x below n
    const covers = (f, n) => inside(t, n, f.n) && (f.M >> t.ph[n] & 1), left = []
    for (const e of this.loose.slice().sort(byTime)) {
      const rs = (this.ev.get(e.n) || NONE).filter(x => x.kind === 'restoration').map(x => x.t).sort((a, b) => a - b)
      const until = f => { const lo = Math.max(f.T + 3000, f.first - 30000), r = rs.find(r => r >= lo); return Math.min(f.back, r === undefined ? Infinity : r) }
      let best = null
      if (C.useCallOwn) for (const [x, f] of own.get(e.n) || NONE) if (x.T - 30000 <= e.t && e.t <= until(f) + 60000 && e.t - x.T <= C.hold && f.x.gain > 0) best = f
      if (!best) { let cur = null
        for (const f of F) { if (f.T > e.t + 30000) break; if (e.t - f.T > C.hold || !covers(f, e.n)) continue
          const p = t.ph[e.n]; if (cur && until(cur) - C.retLag > f.T && !(f.x.k[p] + f.x.k[4 + p] >= .1 * t.cnt[f.n * 12 + p] && inside(t, f.n, cur.n) && t.hi[f.n] - t.lo[f.n] < t.hi[cur.n] - t.lo[cur.n]) && (cur.x.ret.length || !speaks(f.x, cur.n))) continue
          cur = f }
        if (cur && e.t <= until(cur) + 60000) best = cur }
      if (!best) for (const [x, f] of own.get(e.n) || NONE) if (x.T - 30000 <= e.t && e.t <= until(f) + 60000 && e.t - x.T <= C.hold) best = f
      if (best) { group.set(e.source + '/' + e.id, best); best.calls = (best.calls || 0) + 1 } else left.push(e)
    }
    const last = new Map()
    for (const e of left) { const d = t.up[e.n]; let g = last.get(d); if (!g || e.t - g.tl > 36e5) { g = { id: '?' + t.id[d] + '@' + e.t, T: e.t, n: e.n, M: 1 << t.ph[e.n], w: 0, onlyCalls: true, callers: new Set(), parts: NONE, x: null }; last.set(d, g); F.push(g) } else if (g.n !== e.n) { g.n = d; g.M = t.mask[d] } g.tl = e.t; g.callers.add(e.n); group.set(e.source + '/' + e.id, g) }
    for (const f of F) this.weigh(f)
    return { faults: F, group }
  }
  // 6. the posterior of the device named, against the candidates met on the way up
  weigh(f) {
    const t = this.t; f.cand = []
    if (f.onlyCalls) { f.conf = C.callers[Math.min(2, f.callers.size - 1)]; return }
    const x = f.x; let y = x, acc = 0
    while (y.kids && y.margin < Infinity) { acc += y.margin; const b = y.kids.reduce((a, k) => !a || k.w > a.w ? k : a, null); if (!b) break; f.cand.push([b.n, -acc]); y = b }
    for (let p = t.up[x.n]; p >= 0 && p !== t.root; p = t.up[p]) { const s = this.sol.get(p); let v; if (s && s.eps) for (const ep of s.eps) if (ep.rej && ep.rej.has(x)) v = ep.rej.get(x)
      if (v !== undefined && v > -20) f.cand.push([p, v]) }
    if (x.rival < 20 && x.kids) f.cand.push([x.n, -x.rival, 'phases'])
    f.none = -x.gain
    f.cand.sort((a, b) => b[1] - a[1] || a[0] - b[0])
    let z = Math.exp(Math.min(20, f.none)); for (const [n, v] of f.cand) if (t.lo[n] !== t.lo[x.n] || t.hi[n] !== t.hi[x.n]) z += Math.exp(Math.min(20, v))
    f.logit = -Math.log(z || 1e-9); f.conf = x.sure ? 1 : 1 / (1 + Math.exp(-calibrated(f.logit)))
  }
}
// 7. whom to ping: silent customers by what an answer is expected to tell about the device (bits)
export function ping(d, f, most = 3) {
  const t = d.t, x = f.x; if (!x) return []
  const h = [[x.n, 0], ...f.cand.filter(c => !c[2] && (t.lo[c[0]] !== t.lo[x.n] || t.hi[c[0]] !== t.hi[x.n])).map(c => [c[0], c[1]])].slice(0, 5), z = h.reduce((a, c) => a + Math.exp(c[1]), 0), p = h.map(c => Math.exp(c[1]) / z)
  const H = q => q.reduce((a, v) => a - (v > 0 ? v * Math.log2(v) : 0), 0), silent = new Map(), reported = new Set(), walk = y => { if (y.kids) y.kids.forEach(walk); else reported.add(y.n) }; f.parts.forEach(walk)
  const down = n => { if (t.kind[n] === 'customer') { if (t.meter.has(n) && !reported.has(n) && f.M >> t.ph[n] & 1) { const key = h.map(c => inside(t, n, c[0]) ? 1 : 0).join(''); if (!silent.has(key)) silent.set(key, []); if (silent.get(key).length < 3) silent.get(key).push(n) } } else t.kids[n].forEach(down) }
  down(h.reduce((a, c) => t.hi[c[0]] - t.lo[c[0]] > t.hi[a] - t.lo[a] ? c[0] : a, x.n))
  const out = []
  for (const [key, who] of silent) { const alive = p.map((v, i) => v * (key[i] === '1' ? .01 : .95)), mute = p.map((v, i) => v * (key[i] === '1' ? .99 : .05)), pa = alive.reduce((a, b) => a + b), pm = mute.reduce((a, b) => a + b), na = alive.map(v => v / pa), nm = mute.map(v => v / pm), best = q => { const i = q.indexOf(Math.max(...q)); return { device: t.id[h[i][0]], p: +q[i].toFixed(3) } }
    out.push({ customers: who.map(n => t.id[n]), bits: +(H(p) - pa * H(na) - pm * H(nm)).toFixed(4), ifAlive: best(na), ifSilent: best(nm) }) }
  return out.sort((a, b) => b.bits - a.bits).slice(0, most)
}
const NS = Buffer.from('6d1f0a5e6c0b5b0e9f1c0d5a3e9b7a11', 'hex')
export const uuid5 = s => { const h = createHash('sha1').update(NS).update(s).digest().subarray(0, 16); h[6] = h[6] & 15 | 80; h[8] = h[8] & 63 | 128; const x = h.toString('hex'); return `${x.slice(0, 8)}-${x.slice(8, 12)}-${x.slice(12, 16)}-${x.slice(16, 20)}-${x.slice(20)}` }
export function load(file, net) {
  const seen = new Set(), out = []
  for (const l of fs.readFileSync(file, 'utf8').split('\n')) { if (!l) continue; const e = JSON.parse(l), i = e.source + '/' + e.sourceEventId; if (seen.has(i)) continue; seen.add(i)
    const a = net.asset.get(e.assetId), trees = e.reach === 'substation' ? [...net.trees.values()].filter(t => t.sub === e.substationId).map(t => [t, t.source]) : a ? [a] : []; if (!trees.length) continue
    let t = Date.parse(e.occurredAt); const r = Date.parse(e.receivedAt || e.occurredAt), suspect = !(t <= r + 300e3 && t >= r - 7 * 864e5); if (suspect) t = r
    for (const a of trees) out.push({ source: e.source, id: e.sourceEventId, kind: e.kind, tree: a[0], n: a[1], t, r, suspect }) }
  return out
}
if (process.argv[1] && process.argv[1].endsWith('diagnose.mjs')) {
  const [NET, EV, OUT] = process.argv.slice(2), arg = k => { const i = process.argv.indexOf(k); return i < 0 ? null : process.argv[i + 1] }
  const net = new Net(NET), ev = load(EV, net), D = new Map(), by = new Map()
  for (const e of ev) { let l = by.get(e.tree); if (!l) { by.set(e.tree, l = []); D.set(e.tree, new Diagnosis(e.tree)) } l.push(e) }
  const t0 = performance.now(); let x = +arg('--batch') || 0; const max = +process.argv[process.argv.indexOf('--batch') + 2] || 250, rnd = () => { x = (x * 1103515245 + 12345) % 2147483648; return x / 2147483648 }
  for (const [t, l] of by) { const d = D.get(t); if (!x) { for (const e of l) d.add(e); d.solve() } else for (let i = 0; i < l.length;) { const k = 1 + Math.floor(rnd() * max); for (const e of l.slice(i, i + k)) d.add(e); d.solve(); i += k } }
  const dt = performance.now() - t0, res = [...D.values()].map(d => [d, d.final()])
  const G = {}; for (const [d, r] of res) for (const [i, f] of r.group) G[i.slice(i.indexOf('/') + 1)] = d.t.f + '/' + f.id
  fs.writeFileSync(OUT, JSON.stringify(G))
  if (arg('--faults')) { const lines = []; for (const [d, r] of res) { const m = new Map(); for (const [i, f] of r.group) { if (!m.has(f)) m.set(f, []); m.get(f).push({ source: i.slice(0, i.indexOf('/')), sourceEventId: i.slice(i.indexOf('/') + 1) }) } for (const f of r.faults) if (m.has(f)) lines.push(JSON.stringify({ faultId: uuid5(d.t.f + '/' + f.id), feederId: d.t.f, device: d.t.id[f.n], deviceType: d.t.kind[f.n], phases: ['A', 'B', 'C', 'X'].filter((c, i) => f.M >> i & 1).join(''), onsetAt: new Date(f.T).toISOString(), confidence: +f.conf.toFixed(4), candidates: f.cand.slice(0, 4).map(c => ({ device: d.t.id[c[0]], logOdds: +c[1].toFixed(2) })), unexplained: !f.onlyCalls && f.x.gain <= 0, members: m.get(f) })) } fs.writeFileSync(arg('--faults'), lines.join('\n') + '\n') }
}
