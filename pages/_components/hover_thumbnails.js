// Beside the pointer: the picture and the prompt of the point that Plotly says is pointed at.
// Fingers have nothing to hover with: on touch it stays away, and a tap selects the point instead.
const ROOM = 14; // pixels from the pointer, and from the window's edges
const SIDES = { text: "prompt", image: "picture" };

function fill(card, point) {
  const { sheet, tile, columns, places, texts, none } = card.shown;
  const row = point.customdata[0];
  const place = places[row] ?? -1;
  const picture = card.querySelector(".picture");
  picture.hidden = place < 0;
  if (place >= 0) {
    picture.style.width = picture.style.height = `${tile}px`;
    if (card.sheet !== sheet) picture.style.backgroundImage = `url("${sheet}")`;
    card.sheet = sheet;
    picture.style.backgroundPosition = `-${tile * (place % columns)}px -${tile * Math.floor(place / columns)}px`;
  }
  // all of it as text: a prompt's markup is never markup here
  card.querySelector(".side").textContent = SIDES[point.data.meta];
  card.querySelector(".prompt").textContent = texts[row] ?? "";
  card.querySelector(".more").textContent = point.data.text?.[point.pointNumber] ?? "";
  card.querySelector(".none").textContent = place < 0 ? none : "";
}

function move(card, { clientX, clientY }) {
  const { width, height } = card.getBoundingClientRect();
  const right = clientX + ROOM + width + ROOM < innerWidth;
  const left = right ? clientX + ROOM : Math.max(ROOM, clientX - ROOM - width);
  const top = Math.min(clientY + ROOM, innerHeight - height - ROOM);
  card.style.left = `${left}px`;
  card.style.top = `${Math.max(ROOM, top)}px`;
}

function watch(card) {
  const hide = () => card.hidePopover();
  const show = ({ points, event }) => {
    const point = points.find((one) => one.data.meta in SIDES && one.customdata);
    if (!point || !event || card.touched) return hide();
    fill(card, point);
    card.showPopover(); // the top layer: nothing lies over it, nothing cuts it off
    move(card, event);
  };
  const heard = new Set();
  const leave = (plot) => {
    plot.removeListener?.("plotly_hover", show);
    plot.removeListener?.("plotly_unhover", hide);
  };
  // a rerun may draw a map anew: whatever is entered is listened to, and once only
  const enter = (event) => {
    card.touched = event.pointerType === "touch";
    const plot = event.target.closest?.(".js-plotly-plot");
    if (!plot?.on || !card.shown.plots.some((key) => plot.closest(`.st-key-${key}`))) return hide();
    leave(plot);
    if (card.touched) return hide();
    plot.on("plotly_hover", show);
    plot.on("plotly_unhover", hide);
    heard.add(plot);
  };
  document.addEventListener("pointerover", enter, true);
  document.addEventListener("pointerdown", hide, true);
  document.addEventListener("scroll", hide, true);
  return () => {
    document.removeEventListener("pointerover", enter, true);
    document.removeEventListener("pointerdown", hide, true);
    document.removeEventListener("scroll", hide, true);
    heard.forEach(leave);
    hide();
  };
}

export default function ({ data, parentElement }) {
  const card = parentElement.querySelector(".card");
  if (!card.showPopover) return; // an old browser: the gallery below still shows what is selected
  card.shown = data;
  card.stop ??= watch(card);
  return () => {
    card.stop?.();
    card.stop = undefined;
  };
}
