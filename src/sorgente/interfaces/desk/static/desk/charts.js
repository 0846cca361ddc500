// Charts from the JSON beside each canvas: {"type", "labels", "series": [{"label", "values", "links"}], "unit"}.
// Each figure is a link to its rows; the same figures stand in a table under the chart.
(() => {
  "use strict";
  const colours = ["#0066cc", "#00a37b", "#d98a00", "#8c7ae6", "#c2335a", "#7f92a6"];
  const language = document.documentElement.lang === "en" ? "en-GB" : "it-IT";
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
  const thousand = language === "it-IT" ? " mila" : "k";
  const million = language === "it-IT" ? " mln" : "M";
  const euro = new Intl.NumberFormat(language, { style: "currency", currency: "EUR" });
  const formats = { euro: (value) => euro.format(value), count: (value) => whole.format(value), m3: (value) => `${exact.format(value)} m³` };

  Chart.defaults.font.family = '"Titillium Web", system-ui, sans-serif';
  Chart.defaults.font.size = 13;
  Chart.defaults.color = "#5a6a7e";
  Chart.defaults.animation = matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 300 };

  // One unit for the whole axis, chosen by its highest mark.
  function onAxis(value, _, ticks) {
    const highest = Math.max(...ticks.map((tick) => Math.abs(tick.value)));
    if (value === 0 || highest < 10000) return exact.format(value);
    return highest < 1000000 ? exact.format(value / 1000) + thousand : exact.format(value / 1000000) + million;
  }

  function draw(canvas) {
    const told = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const isRound = told.type === "doughnut";
    const format = formats[told.unit] ?? formats.count;
    const datasets = told.series.map((series, index) => ({
      label: series.label,
      data: series.values,
      backgroundColor: isRound ? colours : (series.colours ?? []).map((at) => colours[at]).concat(series.colours ? [] : [colours[series.colour ?? index]]),
      borderColor: isRound ? "#fff" : colours[series.colour ?? index],
      borderWidth: isRound ? 2 : told.type === "line" ? 2 : 0,
      borderRadius: isRound ? 0 : 2,
      pointRadius: 3,
      tension: 0.2,
      maxBarThickness: 36,
    }));
    const open = (found) => told.series[found.datasetIndex]?.links?.[found.index];
    new Chart(canvas, {
      type: told.type,
      data: { labels: told.labels, datasets },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        cutout: isRound ? "62%" : undefined,
        interaction: isRound ? {} : { mode: "nearest", axis: "x", intersect: true },
        onClick: (_, found) => {
          const address = found.length && open(found[0]);
          if (address) location.assign(address);
        },
        onHover: (event, found) => {
          event.native.target.style.cursor = found.length && open(found[0]) ? "pointer" : "default";
        },
        scales: isRound
          ? {}
          : {
              x: { stacked: Boolean(told.stacked), grid: { display: false } },
              y: { stacked: Boolean(told.stacked), beginAtZero: true, border: { display: false }, ticks: { maxTicksLimit: 6, precision: told.unit === "count" ? 0 : undefined, callback: onAxis }, title: told.axis ? { display: true, text: told.axis } : undefined },
            },
        plugins: {
          legend: { display: !isRound && told.series.length > 1, position: "bottom", labels: { boxWidth: 12, boxHeight: 12, usePointStyle: false } },
          tooltip: { callbacks: { label: (item) => ` ${isRound ? item.label : item.dataset.label}: ${format(isRound ? item.parsed : item.parsed.y)}` } },
        },
      },
    });
  }

  const drawAll = (root) => root.querySelectorAll("canvas[data-chart]").forEach(draw);
  document.fonts.ready.then(() => drawAll(document));
})();
