// Plotly enhances a figure that is already complete, when somebody asks: the drawing of the server and the table stay
// where script is off, and the library, which is twenty times the page, is fetched at the first press and not before.
(() => {
  "use strict";
  const source = document.currentScript || document.querySelector("script[data-plotly]");
  const { plotly, locale } = source.dataset;
  const fetched = (src) => new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = done;
    script.onerror = fail;
    document.head.appendChild(script);
  });
  let loading = null;
  const load = () => loading || (loading = fetched(plotly).then(() => locale && fetched(locale)).then(() => window.Plotly));
  const style = (name, of = document.documentElement) => getComputedStyle(of).getPropertyValue(name).trim();

  // Nothing leaves this page: no cloud button, no mode bar, no other server.
  const config = {
    showSendToCloud: false, plotlyServerURL: "", displaylogo: false, displayModeBar: false, topojsonURL: "",
    responsive: true, locale: document.documentElement.lang === "en" ? "en-US" : "sv",
  };

  // Long names would leave no room for what they name.
  const wrapped = (row) => row.label.replace(/(.{1,22})(?:\s|$)/g, "$1<br>") + (row.n === null ? "" : `n = ${row.n}`);

  function traces(rows) {
    const arms = (side) => rows.map((row) => (row[side] === null ? 0 : Math.abs(row[side] - row.value)));
    const c1 = style("--c1");
    return [{
      type: "scatter", mode: "markers", x: rows.map((row) => row.value), y: rows.map(wrapped),
      error_x: { type: "data", symmetric: false, array: arms("high"), arrayminus: arms("low"), color: c1, thickness: 3, width: 0 },
      marker: { size: 12, color: c1 }, hoverinfo: "x+y",
    }];
  }

  // Zero and every interval in view.
  function range(rows) {
    const ends = rows.flatMap((row) => [row.low ?? row.value ?? 0, row.high ?? row.value ?? 0]).concat(0);
    const low = Math.min(...ends), high = Math.max(...ends), room = (high - low || 1) * 0.08;
    return [low - room, high + room];
  }

  const layout = ({ rows, told, below, above, hidden }) => ({
    template: "none", height: rows.length * 64 + 80, margin: { l: 10, r: 20, t: 30, b: 40 }, showlegend: false,
    separators: document.documentElement.lang === "en" ? ".," : ",\u202f", paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: style("--ink"), family: style("font-family", document.body), size: 14 },
    xaxis: { zeroline: true, zerolinecolor: style("--control"), zerolinewidth: 2, gridcolor: style("--line"), fixedrange: true, range: range(rows) },
    annotations: [["right", `${below} `], ["left", ` ${above}`]].map(([side, text]) => (
      { text, x: 0, xref: "x", xanchor: side, y: 1, yref: "paper", yanchor: "bottom", showarrow: false }
    )).concat(rows.map((row, place) => ({
      text: row.value === null ? hidden : told[place], x: 1, xref: "paper", xanchor: "right", y: wrapped(row), yref: "y",
      yshift: 18, showarrow: false, font: { color: style(row.value === null ? "--muted" : "--ink") },
    }))),
    yaxis: { automargin: true, autorange: "reversed", fixedrange: true, showgrid: false },
  });

  function draw(figure) {
    const told = JSON.parse(figure.querySelector(".figure-data").textContent);
    const chart = figure.querySelector(".chart");
    return load().then((Plotly) => {
      let plot = chart.querySelector(".figure-plot");
      if (!plot) {
        plot = document.createElement("div");
        plot.setAttribute("aria-hidden", "true");
        plot.className = "figure-plot";
        chart.querySelector("svg.plot").setAttribute("hidden", "");
        chart.append(plot);
      }
      return Plotly.react(plot, traces(told.rows), layout(told), config);
    });
  }

  function asDrawn(figure) {
    figure.querySelector(".figure-plot")?.remove();
    figure.querySelector("svg.plot").removeAttribute("hidden");
  }

  const small = matchMedia("(max-width:40rem)");
  if (small.matches) for (const table of document.querySelectorAll("details.as-table")) table.open = true;

  // On a telephone the drawing of the server is the better one, and spares a megabyte.
  const figures = small.matches ? [] : [...document.querySelectorAll("figure.figure")].filter((figure) => figure.querySelector(".figure-data"));
  for (const figure of figures) {
    const button = figure.querySelector(".interactive");
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", on);
      if (!on) return asDrawn(figure);
      // What could not be fetched can be asked for again.
      return draw(figure).catch(() => { loading = null; button.setAttribute("aria-pressed", false); asDrawn(figure); });
    });
  }

  // Light or dark may change while the page is open.
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", () => {
    figures.filter((figure) => figure.querySelector(".figure-plot")).forEach(draw);
  });
})();
