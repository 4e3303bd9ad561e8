"use strict";
(() => {
  const form = document.getElementById("filter");
  const subjects = [...document.querySelectorAll("#subjects > .subject")];

  // Filtering of gaps. Words are looked up in what a reader sees of the gap and of its device.
  if (form) {
    const output = form.querySelector("output");
    const nothing = document.getElementById("nothing");
    let index = null;
    const indexed = () => index ??= subjects.map((subject) => ({
      subject,
      head: subject.firstElementChild.textContent.toLowerCase(),
      gaps: [...subject.querySelectorAll(".gap")].map((gap) => ({ gap, text: gap.textContent.toLowerCase() })),
    }));
    const apply = () => {
      const wanted = Object.fromEntries(new FormData(form));
      const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
      let gapCount = 0;
      let subjectCount = 0;
      for (const { subject, head, gaps } of indexed()) {
        const placed = ["unit", "site", "platform"].every((name) => !wanted[name] || subject.dataset[name] === wanted[name]);
        let here = 0;
        for (const { gap, text } of gaps) {
          const fits = placed
            && (!wanted.sev || gap.dataset.sev === wanted.sev)
            && (!wanted.fam || gap.dataset.fam === wanted.fam)
            && words.every((word) => text.includes(word) || head.includes(word));
          gap.hidden = !fits;
          here += fits;
        }
        subject.hidden = here === 0;
        gapCount += here;
        subjectCount += here > 0;
      }
      output.textContent = output.dataset.shown.replace("{g}", gapCount).replace("{s}", subjectCount);
      nothing.hidden = gapCount > 0;
    };
    let waiting = 0;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); };
    form.addEventListener("input", soon);
    form.addEventListener("reset", soon);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => {
      const what = event.target.dataset.do;
      if (what) subjects.filter((subject) => !subject.hidden).forEach((subject) => { subject.open = what === "open"; });
    });
    form.hidden = false;
    apply();
  }

  // Quick search in one table.
  for (const input of document.querySelectorAll("input[data-table]")) {
    const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    });
    input.closest("label").hidden = false;
  }

  // The clause matrix: items of one standing, unfolded where there are any.
  const standing = document.querySelector("select[data-matrix]");
  if (standing) {
    const layers = [...document.querySelectorAll("details.layer")].map((layer) => ({ layer, open: layer.open }));
    standing.addEventListener("input", () => {
      for (const { layer, open } of layers) {
        for (const body of layer.querySelectorAll("tbody")) {
          const items = [...body.querySelectorAll("tr[data-standing]")];
          for (const item of items) item.hidden = Boolean(standing.value) && item.dataset.standing !== standing.value;
          body.hidden = items.every((item) => item.hidden);
        }
        layer.hidden = !layer.querySelector("tbody:not([hidden])");
        layer.open = standing.value ? !layer.hidden : open;
      }
    });
    standing.closest("label").hidden = false;
  }

  // The topology: a site or a word picks devices out, wheel and buttons zoom, dragging moves.
  const topology = document.getElementById("topology");
  if (topology) {
    const drawing = topology.querySelector("svg");
    const controls = topology.querySelector("form");
    const nodes = [...drawing.querySelectorAll(".node")];
    const edges = [...drawing.querySelectorAll("line")];
    const texts = nodes.map((node) => node.textContent.toLowerCase());
    const whole = drawing.getAttribute("viewBox").split(" ").map(Number);
    let view = [...whole];
    const show = (next) => {
      view = next;
      drawing.setAttribute("viewBox", view.join(" "));
      // Names stay readable when the whole is shown, as far as there is room between two devices.
      const unit = Math.max(view[2] / drawing.clientWidth, view[3] / drawing.clientHeight);
      drawing.style.setProperty("--label", `${Math.min(20, Math.max(12, 11 * unit))}px`);
    };
    const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
      const width = Math.min(whole[2] * 2, Math.max(200, view[2] * factor));
      const real = width / view[2];
      show([x - (x - view[0]) * real, y - (y - view[1]) * real, width, view[3] * real]);
    };
    const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    const pick = () => {
      const wanted = Object.fromEntries(new FormData(controls));
      const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
      const picked = new Set();
      nodes.forEach((node, n) => {
        const fits = (!wanted.site || node.dataset.site === wanted.site) && words.every((word) => texts[n].includes(word));
        node.classList.toggle("is-dim", !fits);
        if (fits) picked.add(node.dataset.id);
      });
      // What a picked device leads to stays readable.
      const near = new Set();
      for (const edge of edges) {
        const leads = picked.has(edge.dataset.a) || picked.has(edge.dataset.z);
        edge.classList.toggle("is-dim", !leads);
        if (leads) near.add(edge.dataset.a).add(edge.dataset.z);
      }
      for (const node of nodes) node.classList.toggle("is-near", near.has(node.dataset.id) && !picked.has(node.dataset.id));
      controls.querySelector("output").textContent = controls.querySelector("output").dataset.shown.replace("{n}", picked.size);
      const found = nodes.filter((node) => picked.has(node.dataset.id)).map((node) => node.transform.baseVal[0].matrix);
      if (!found.length || found.length === nodes.length) return show([...whole]);
      const [left, top] = ["e", "f"].map((axis) => Math.min(...found.map((place) => place[axis])) - 160);
      const [right, foot] = ["e", "f"].map((axis) => Math.max(...found.map((place) => place[axis])) + 160);
      show([left, top, right - left, foot - top]);
    };
    controls.addEventListener("input", pick);
    controls.addEventListener("submit", (event) => event.preventDefault());
    controls.addEventListener("click", (event) => {
      const factor = event.target.dataset.zoom;
      if (factor === "0") show([...whole]); else if (factor) zoom(Number(factor));
    });
    drawing.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { x, y } = at(event);
      zoom(event.deltaY < 0 ? 0.85 : 1.18, x, y);
    }, { passive: false });
    const keys = {
      ArrowLeft: () => show([view[0] - view[2] / 10, view[1], view[2], view[3]]),
      ArrowRight: () => show([view[0] + view[2] / 10, view[1], view[2], view[3]]),
      ArrowUp: () => show([view[0], view[1] - view[3] / 10, view[2], view[3]]),
      ArrowDown: () => show([view[0], view[1] + view[3] / 10, view[2], view[3]]),
      "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": () => show([...whole]),
    };
    drawing.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    // One finger or the mouse moves the picture; two fingers zoom it about the middle between them.
    const fingers = new Map();
    const apart = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1; };
    drawing.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, event); drawing.setPointerCapture(event.pointerId); });
    drawing.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      if (fingers.size === 1) {
        const [from, to] = [at(before), at(event)];
        show([view[0] + from.x - to.x, view[1] + from.y - to.y, view[2], view[3]]);
      }
      const far = fingers.size === 2 ? apart() : 0;
      fingers.set(event.pointerId, event);
      if (far) {
        const [a, b] = [...fingers.values()].map(at);
        zoom(far / apart(), (a.x + b.x) / 2, (a.y + b.y) / 2);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) drawing.addEventListener(end, (event) => fingers.delete(event.pointerId));
    controls.hidden = false;
    // report.html#site=… opens the page at one site.
    const asked = decodeURIComponent(location.hash).match(/^#site=(.+)$/);
    if (asked) {
      controls.elements.site.value = asked[1];
      topology.scrollIntoView();
    }
    pick();
  }

  // Copying remedy commands.
  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  for (const button of document.querySelectorAll("button.copy")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    copied(button.previousElementSibling.textContent).then(() => {
      const label = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 1200);
    });
  });

  // What the filter shows is what is printed, unfolded; afterwards all is as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter((each) => !each.hidden);
    opened.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
})();
