// The prompt and its variants, one under the other, with intervals on one scale and four acts each.
const SVG = "http://www.w3.org/2000/svg";

const element = (name, properties = {}, children = []) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const shape = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

function interval(row, scale) {
  const at = (value) => `${(100 * (value - scale.low)) / (scale.high - scale.low)}%`;
  const picture = shape("svg", { role: "img", "aria-label": row.alt });
  const line = { y1: "50%", y2: "50%", stroke: "currentColor" };
  picture.append(
    shape("line", { ...line, x1: "0%", x2: "100%", "stroke-opacity": 0.2 }),
    shape("line", { ...line, x1: at(row.low), x2: at(row.high), "stroke-width": 5, "stroke-opacity": 0.35 }),
    shape("circle", { cx: at(row.value), cy: "50%", r: 5, fill: "var(--st-primary-color)" }),
  );
  return picture;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 1200);
}

function item(row, scale, act) {
  const words = row.words.flatMap(([word, differs]) => [
    differs ? element("mark", { textContent: word }) : document.createTextNode(word),
    document.createTextNode(" "),
  ]);
  const tag = row.tag ? [element("span", { className: "tag", textContent: row.tag })] : [];
  const button = (label, title, onclick, pressed) => {
    const made = element("button", { type: "button", textContent: label, title, onclick });
    made.setAttribute("aria-label", `${title}: ${row.prompt}`);
    if (pressed !== undefined) made.setAttribute("aria-pressed", pressed);
    return made;
  };
  const acts = [button("Copy", "Copy this prompt", (event) => copy(row.prompt, event.currentTarget))];
  if (!row.reference) {
    acts.unshift(button("Use", "Put this variant in the prompt box", () => act("use", row.prompt)));
    acts.push(
      button("Pin", row.pinned ? "Unpin this variant" : "Keep this variant on top",
        () => act("pin", row.prompt), row.pinned),
      button("Remove", "Remove this variant", () => act("remove", row.prompt)),
    );
  }
  return element("li", {}, [
    element("div", { className: "words", dir: "auto" }, [...tag, ...words]),
    interval(row, scale),
    element("div", {}, [
      element("span", { className: `verdict ${row.verdict}`, textContent: row.headline }),
      element("small", { className: "value", textContent: row.detail }),
    ]),
    element("div", { className: "acts" }, acts),
  ]);
}

export default function ({ data, setTriggerValue, parentElement }) {
  const act = (name, prompt) => setTriggerValue("act", { name, prompt });
  const list = parentElement.querySelector("ol");
  list.replaceChildren(...data.rows.map((row) => item(row, data.scale, act)));
}
