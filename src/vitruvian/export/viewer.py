"""A page that shows movement in three dimensions: one HTML file, no server, no network."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

from vitruvian.draw.palette import tones
from vitruvian.export.markers import marker_paths
from vitruvian.motion import Motion

__all__ = ["to_html"]


def to_html(motions: Sequence[Motion], title: str) -> bytes:
    """The page's bytes: everybody's bones, to be turned with the mouse and played.

    Args:
        motions: One for each person.
        title: What the page is called.
    """
    people = [_person(motion, number) for number, motion in enumerate(motions, start=1)]
    data = json.dumps(people, separators=(",", ":")).replace("<", "\\u003c")
    page = _PAGE.replace("@TITLE@", html.escape(title)).replace("@DATA@", data)
    return page.encode()


def _person(motion: Motion, number: int) -> dict[str, object]:
    names, paths = marker_paths(motion)
    bones = [(parent, joint) for joint, parent in enumerate(motion.parents) if parent >= 0]
    bones += [(joint, len(motion.joints) + i) for i, (joint, _) in enumerate(motion.ends)]
    return {
        "name": motion.name,
        "colour": "rgb({},{},{})".format(*tones(number).middle),
        "bones": bones,
        "times": [round(float(time), 4) for time in motion.times],
        "places": [[round(float(value), 4) for value in frame.ravel()] for frame in paths],
        "count": len(names),
    }


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@TITLE@</title>
<style>
html,body{margin:0;height:100%;background:#12141a;color:#e8e8ea;font:14px system-ui,sans-serif}
canvas{display:block;width:100%;height:calc(100% - 52px);touch-action:none;cursor:grab}
footer{height:52px;display:flex;gap:12px;align-items:center;padding:0 14px;box-sizing:border-box}
input{flex:1}button,select{background:#2a2e38;color:inherit;border:0;border-radius:6px;
padding:7px 12px;font:inherit}output{min-width:5.5em;text-align:right}
</style></head><body>
<canvas id="view" aria-label="People in three dimensions"></canvas>
<footer><button id="play">Pause</button><input id="time" type="range" min="0" max="1000" value="0"
aria-label="Time"><output id="clock"></output><select id="speed" aria-label="Speed">
<option value="0.25">&frac14;&times;</option><option value="1" selected>1&times;</option>
</select></footer>
<script>
"use strict";
const people = @DATA@;
const canvas = document.getElementById("view"), pen = canvas.getContext("2d");
const slider = document.getElementById("time"), clock = document.getElementById("clock");
const play = document.getElementById("play"), speed = document.getElementById("speed");
const start = Math.min(...people.map(p => p.times[0]));
const end = Math.max(...people.map(p => p.times[p.times.length - 1]));
let turn = 0.6, rise = 0.25, zoom = 1, now = start, playing = true, before = null;
let low = [1e9, 1e9, 1e9], high = [-1e9, -1e9, -1e9];
for (const p of people) for (const f of p.places) for (let i = 0; i < f.length; i++) {
  low[i % 3] = Math.min(low[i % 3], f[i]); high[i % 3] = Math.max(high[i % 3], f[i]);
}
const middle = low.map((v, i) => (v + high[i]) / 2);
const size = Math.max(1.8, high[0] - low[0], high[1] - low[1], high[2] - low[2]);
function project(x, y, z) {
  x -= middle[0]; y -= middle[1]; z -= middle[2];
  const a = x * Math.cos(turn) + z * Math.sin(turn), b = z * Math.cos(turn) - x * Math.sin(turn);
  const up = y * Math.cos(rise) - b * Math.sin(rise);
  const near = b * Math.cos(rise) + y * Math.sin(rise);
  const s = zoom * 0.8 * Math.min(canvas.width, canvas.height) / size / (1 - near / (3.5 * size));
  return [canvas.width / 2 + a * s, canvas.height / 2 - up * s, s];
}
function frameAt(p) {
  if (now < p.times[0] - 0.02 || now > p.times[p.times.length - 1] + 0.02) return null;
  let a = 0, b = p.times.length - 1;
  while (a < b) { const m = (a + b + 1) >> 1; if (p.times[m] <= now) a = m; else b = m - 1; }
  return p.places[a];
}
function line(a, b, width, colour) {
  pen.strokeStyle = colour; pen.lineWidth = width; pen.lineCap = "round";
  pen.beginPath(); pen.moveTo(a[0], a[1]); pen.lineTo(b[0], b[1]); pen.stroke();
}
function draw() {
  const scale = window.devicePixelRatio || 1;
  const wide = canvas.clientWidth * scale, tall = canvas.clientHeight * scale;
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== tall) canvas.height = tall;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const n = 6, step = Math.ceil(size / n * 2) / 2;
  for (let i = -n; i <= n; i++) {
    const x = middle[0] + i * step, z = middle[2] + i * step, r = n * step;
    line(project(x, 0, middle[2] - r), project(x, 0, middle[2] + r), scale, "#2b303c");
    line(project(middle[0] - r, 0, z), project(middle[0] + r, 0, z), scale, "#2b303c");
  }
  for (const p of people) {
    const f = frameAt(p);
    if (!f) continue;
    const at = i => project(f[3 * i], f[3 * i + 1], f[3 * i + 2]);
    for (const [a, b] of p.bones) line(at(a), at(b), 0.045 * at(a)[2], p.colour);
    const head = at(3);
    pen.fillStyle = p.colour; pen.font = 14 * scale + "px system-ui"; pen.textAlign = "center";
    pen.fillText(p.name, head[0], head[1] - 0.25 * head[2]);
  }
  clock.value = now.toFixed(2) + " s";
  if (document.activeElement !== slider)
    slider.value = 1000 * (now - start) / Math.max(end - start, 1e-6);
}
function tick(stamp) {
  if (playing && before !== null) {
    now += (stamp - before) / 1000 * Number(speed.value);
    if (now > end) now = start;
  }
  before = stamp; draw(); requestAnimationFrame(tick);
}
play.onclick = () => { playing = !playing; play.textContent = playing ? "Pause" : "Play"; };
slider.oninput = () => {
  now = start + (end - start) * slider.value / 1000;
  playing = false; play.textContent = "Play";
};
let held = null;
canvas.onpointerdown = e => {
  held = [e.clientX, e.clientY];
  canvas.setPointerCapture(e.pointerId);
};
canvas.onpointerup = () => { held = null; };
canvas.onpointermove = e => {
  if (!held) return;
  turn += (e.clientX - held[0]) / 150;
  rise = Math.max(-1.5, Math.min(1.5, rise + (e.clientY - held[1]) / 150));
  held = [e.clientX, e.clientY];
};
canvas.onwheel = e => { e.preventDefault(); zoom *= Math.exp(-e.deltaY / 700); };
document.onkeydown = e => { if (e.key === " ") { play.click(); e.preventDefault(); } };
requestAnimationFrame(tick);
</script></body></html>
"""
