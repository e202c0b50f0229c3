// Walks through the steps of a run: the drawing holds every look of every part, a step says which looks change.
"use strict";
(function () {
  const run = JSON.parse(document.getElementById("run").textContent);
  const byId = (id) => document.getElementById(id);
  const parts = Array.from(document.querySelectorAll("#stage .part"));
  const stage = byId("stage"), slider = byId("slider"), play = byId("play");
  const shown = parts.map((part) => Array.from(part.children).findIndex((look) => !look.classList.contains("off")));
  const last = run.steps.length - 1;
  let position = 0, timer = null;

  function looksAt(k) {
    const looks = run.first.slice();
    for (let i = 1; i <= k; i++) {
      const changes = run.steps[i].changes;
      for (let j = 0; j < changes.length; j += 2) looks[changes[j]] = changes[j + 1];
    }
    return looks;
  }

  function draw(looks) {
    looks.forEach((look, part) => {
      if (look === shown[part]) return;
      const all = parts[part].children;
      if (shown[part] >= 0) all[shown[part]].classList.add("off");
      if (look >= 0) all[look].classList.remove("off");
      shown[part] = look;
    });
  }

  function tell(step) {
    byId("title").textContent = step.title;
    byId("sentence").textContent = step.sentence;
    const lines = byId("lines");
    lines.textContent = "";
    for (const text of step.lines) {
      const line = document.createElement("div");
      line.textContent = text;
      lines.appendChild(line);
    }
  }

  function go(k) {
    position = Math.max(0, Math.min(last, k));
    draw(looksAt(position));
    const step = run.steps[position];
    tell(step);
    slider.value = String(position);
    const place = "step " + run.places[position] + " of " + run.places[last] + (step.phase ? " · " + step.phase : "");
    slider.setAttribute("aria-valuetext", place + ": " + step.title);
    byId("place").textContent = place;
    for (const id of ["start", "back"]) byId(id).disabled = position === 0;
    for (const id of ["next", "end"]) byId(id).disabled = position === last;
    if (stage.classList.contains("large") && step.focus >= 0) {
      const box = parts[step.focus].getBoundingClientRect(), view = stage.getBoundingClientRect();
      stage.scrollLeft += box.left + box.width / 2 - view.left - view.width / 2;
      stage.scrollTop += box.top + box.height / 2 - view.top - view.height / 2;
    }
    if (position === last) stop();
  }

  function stop() {
    if (timer !== null) window.clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }

  function toggle() {
    if (timer !== null) return stop();
    if (position === last) go(0);
    timer = window.setInterval(() => go(position + 1), 1200);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
  }

  function enlarge() {
    const is_large = stage.classList.toggle("large");
    byId("size").setAttribute("aria-pressed", String(is_large));
    go(position);
  }

  const keys = {
    ArrowRight: () => go(position + 1), ArrowDown: () => go(position + 1), PageDown: () => go(position + 1),
    ArrowLeft: () => go(position - 1), ArrowUp: () => go(position - 1), PageUp: () => go(position - 1),
    Home: () => go(0), End: () => go(last), " ": toggle,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
    if (event.key === " " && event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    if (event.key !== " ") stop();
    keys[event.key]();
  });
  slider.max = String(last);
  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
  byId("start").addEventListener("click", () => { stop(); go(0); });
  byId("back").addEventListener("click", () => { stop(); go(position - 1); });
  byId("next").addEventListener("click", () => { stop(); go(position + 1); });
  byId("end").addEventListener("click", () => { stop(); go(last); });
  byId("size").addEventListener("click", enlarge);
  play.addEventListener("click", toggle);
  byId("controls").classList.remove("off");
  const drawing = document.querySelector("#stage svg");
  if (drawing && drawing.getBoundingClientRect().width < 0.45 * drawing.width.baseVal.value) enlarge();
  const asked = Number.parseInt(window.location.hash.slice(1), 10);
  go(Number.isFinite(asked) ? asked : 0);
})();
