// The raw signature: every sample the digitiser gives, beside the visible ink that signature_pad draws.
//
// Pen, finger and mouse are told apart, and whether the pen has a pressure sensor at all: a constant 0.5 or 0 is the
// browser's stand-in for "no sensor" and is recorded as such.

const MOST_POINTS = 20000;
const COLUMNS = 8; // t, x, y, pressure, tiltX, tiltY, twist, stroke
const LEAST_PRESSURE_SPAN = 0.01;

export class Capture {
  constructor(canvas) {
    this.canvas = canvas;
    this.samples = new Float64Array(MOST_POINTS * COLUMNS);
    this.clear();
    this.down = (event) => this.#begin(event);
    this.move = (event) => this.#add(event);
    this.up = (event) => this.#finish(event);
    canvas.addEventListener("pointerdown", this.down);
    canvas.addEventListener("pointermove", this.move);
    canvas.addEventListener("pointerup", this.up);
    canvas.addEventListener("pointercancel", this.up);
  }

  // The numbers are overwritten, not only forgotten.
  clear() {
    this.samples.fill(0);
    this.count = 0;
    this.stroke = -1;
    this.pointer = null;
    this.types = new Set();
    this.least = Infinity;
    this.most = -Infinity;
  }

  #begin(event) {
    if (this.pointer !== null) return; // a resting palm is not a second pen
    this.pointer = event.pointerId;
    this.stroke += 1;
    this.types.add(event.pointerType);
    this.#add(event);
  }

  #add(event) {
    if (event.pointerId !== this.pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length > 0 ? between : [event]) this.#keep(one);
  }

  #finish(event) {
    if (event.pointerId === this.pointer) this.pointer = null;
  }

  #keep(event) {
    if (this.count >= MOST_POINTS) return;
    const edge = this.canvas.getBoundingClientRect();
    this.samples.set(
      [event.timeStamp, event.clientX - edge.left, event.clientY - edge.top, event.pressure, event.tiltX, event.tiltY,
        event.twist, this.stroke],
      this.count * COLUMNS,
    );
    this.count += 1;
    this.least = Math.min(this.least, event.pressure);
    this.most = Math.max(this.most, event.pressure);
  }

  get hasPressure() {
    return this.count > 1 && this.most - this.least > LEAST_PRESSURE_SPAN;
  }

  // What the server calls it: pen_pressure, pen, touch or mouse; the weakest of what was used.
  get kind() {
    for (const weak of ["mouse", "touch"]) if (this.types.has(weak)) return weak;
    return this.hasPressure ? "pen_pressure" : "pen";
  }

  points() {
    const list = [];
    const start = this.samples[0];
    for (let at = 0; at < this.count; at += 1) {
      const [t, x, y, p, tx, ty, tw, s] = this.samples.subarray(at * COLUMNS, (at + 1) * COLUMNS);
      list.push({ t: round(t - start), x: round(x), y: round(y), p: round(p, 4), tx, ty, tw, s });
    }
    return list;
  }
}

function round(value, places = 2) {
  return Number(value.toFixed(places));
}
