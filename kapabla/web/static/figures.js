// Plotly enhances a figure that is already complete: the drawing of the server and the table stay where script is off.
(() => {
  "use strict";
  const source = document.currentScript || document.querySelector("script[data-plotly]");
  const address = source.dataset.plotly;
  let loading = null;
  const load = () => loading || (loading = new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.Plotly);
    script.onerror = fail;
    document.head.appendChild(script);
  }));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function traces(rows) {
    const arms = (side) => rows.map((row) => (row[side] === null ? 0 : Math.abs(row[side] - row.value)));
    return [{
      type: "scatter", mode: "markers", x: rows.map((row) => row.value), y: rows.map((row) => row.label),
      error_x: { type: "data", symmetric: false, array: arms("high"), arrayminus: arms("low"), color: colour("--c1"), thickness: 3, width: 0 },
      marker: { size: 12, color: colour("--c1") }, hoverinfo: "x+y",
    }];
  }

  // Nothing leaves this page: no cloud button, no mode bar, no other server.
  const config = { showSendToCloud: false, plotlyServerURL: "", displaylogo: false, displayModeBar: false, topojsonURL: "", responsive: true };

  function draw(figure) {
    const rows = JSON.parse(figure.querySelector(".figure-data").textContent).rows;
    const chart = figure.querySelector(".chart");
    load().then((Plotly) => {
      const plot = document.createElement("div");
      plot.setAttribute("aria-hidden", "true");
      plot.className = "figure-plot";
      chart.replaceChildren(plot);
      return Plotly.newPlot(plot, traces(rows), {
        template: "none", height: rows.length * 48 + 80, margin: { l: 10, r: 20, t: 10, b: 40 }, showlegend: false,
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colour("--ink") },
        xaxis: { zeroline: true, zerolinecolor: colour("--control"), zerolinewidth: 2, gridcolor: colour("--line"), fixedrange: true },
        yaxis: { automargin: true, autorange: "reversed", fixedrange: true },
      }, config);
    }).catch(() => {});
  }

  const figures = [...document.querySelectorAll("figure.figure")].filter((figure) => figure.querySelector(".figure-data"));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "200px" });
  figures.forEach((figure) => seen.observe(figure));
})();
