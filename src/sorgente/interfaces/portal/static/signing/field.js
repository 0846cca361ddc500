// One field on the tablet: the choice about biometrics, the pad, and what is sent.
import SignaturePad from "../desk/vendor/signature_pad.min.js";
import { Capture } from "./capture.js";
import { canSeal, sealed } from "./seal.js";

const facts = JSON.parse(document.getElementById("pad-facts").textContent);
const part = (id) => document.getElementById(id);
const canvas = part("pad");
const told = part("told");
const chosen = `biometrics-${facts.envelope}`;
const FEWEST_POINTS = 8;
let pad = null;
let capture = null;

function show(name) {
  for (const id of ["biometrics-choice", "other-ways", "signing"]) {
    const section = part(id);
    if (section) section.hidden = id !== name;
  }
  if (name === "signing") open();
  else part(name)?.querySelector("button")?.focus();
}

function say(text, isBad = false) {
  told.textContent = text;
  told.classList.toggle("bad", isBad);
}

// The pad is as sharp as the screen: its pixels are the screen's, its ink is in CSS pixels.
function fit() {
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  canvas.width = canvas.offsetWidth * ratio;
  canvas.height = canvas.offsetHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
}

function clear() {
  pad.clear();
  capture.clear();
  part("confirm").disabled = true;
}

function open() {
  if (pad === null) {
    // Before the others, so that a mouse never reaches them where a signature by hand is asked.
    for (const name of ["pointerdown", "pointermove", "mousedown"]) {
      canvas.addEventListener(name, refuseMouse, { capture: true });
    }
    pad = new SignaturePad(canvas, { throttle: 0, minDistance: 0, penColor: "#10243a" });
    capture = new Capture(canvas);
    pad.addEventListener("endStroke", () => {
      part("confirm").disabled = false;
      say(facts.advanced && capture.kind !== "pen_pressure" ? facts.words.plain : "");
    });
    new ResizeObserver(turned).observe(canvas);
  }
  fit();
  clear();
  part("signing").scrollIntoView({ block: "nearest" });
  canvas.focus({ preventScroll: true });
}

let width = 0;
function turned() {
  if (width !== 0 && width !== canvas.offsetWidth && canvas.offsetWidth !== 0) {
    const hadInk = capture.count > 0;
    fit();
    clear();
    if (hadInk) say(facts.words.turned, true);
  }
  width = canvas.offsetWidth;
}

function refuseMouse(event) {
  if (!facts.advanced || (event.pointerType ?? "mouse") !== "mouse") return;
  event.stopImmediatePropagation();
  event.preventDefault();
  if (event.type === "pointerdown") say(facts.words.mouse, true);
}

async function confirm() {
  if (capture.count < FEWEST_POINTS) return say(facts.words.short, true);
  const button = part("confirm");
  button.disabled = true;
  const kind = capture.kind;
  const [wide, high] = [canvas.offsetWidth, canvas.offsetHeight];
  const strokes = pad.toData().map((stroke) => stroke.points.map(({ x, y }) => [x, y]));
  let biometrics = null;
  if (facts.advanced && kind !== "mouse") {
    const points = capture.points();
    biometrics = await sealed({ v: 1, input: kind, width: wide, height: high, points }, facts);
    for (const point of points) for (const name of Object.keys(point)) point[name] = 0;
    points.length = 0;
  }
  try {
    const answer = await fetch(facts.sign, {
      method: "POST",
      headers: {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": part("csrf").elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ ink: { width: wide, height: high, strokes }, biometrics, input: kind }),
    });
    const said = await answer.json();
    if (answer.ok) {
      clear();
      location.assign(said.next);
    } else if (answer.status === 410) {
      location.reload();
    } else {
      say([said.facts, said.next].join(" "), true);
      button.disabled = false;
    }
  } catch {
    say(facts.words.offline, true);
    button.disabled = false;
  }
}

function begin() {
  if (!facts.advanced) return show("signing");
  if (!canSeal()) {
    show("other-ways");
    part("other-ways").querySelector("p").textContent = facts.words.insecure;
    part("back-to-pen").hidden = true;
    return undefined;
  }
  return show(sessionStorage.getItem(chosen) === "yes" ? "signing" : "biometrics-choice");
}

part("confirm").addEventListener("click", confirm);
part("clear").addEventListener("click", () => { clear(); say(""); });
part("use-code")?.addEventListener("click", () => show("other-ways"));
part("without-biometrics")?.addEventListener("click", () => show("other-ways"));
part("back-to-pen")?.addEventListener("click", () => show("biometrics-choice"));
part("with-biometrics")?.addEventListener("click", () => {
  sessionStorage.setItem(chosen, "yes");
  show("signing");
});
const yes = part("say-yes");
if (yes) {
  yes.addEventListener("click", () => {
    part("choice").hidden = true;
    begin();
  });
} else begin();
