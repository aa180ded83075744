const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const INK = '#10151c';
const TEXT = '#333d49';
const QUIET = '#5b6673';
const RULE = '#e1e5ea';
const ACCENT = '#0f4bbf';

/**
 * The look of our mails. Inline, because many mail programs drop style sheets; what only a sheet can say (the dark
 * colours, the narrow screen) is lost in those without harm.
 */
export const mailStyle = {
  page: `margin:0;padding:32px 16px;background:#f2f4f6;color:${TEXT};font:400 16px/1.6 ${FONT};-webkit-text-size-adjust:100%`,
  sheetBox: 'max-width:560px;margin:0 auto;padding:40px;box-sizing:border-box;background:#ffffff;border-radius:6px',
  brand: `margin:0 0 40px;color:${INK};font-size:15px;font-weight:700;letter-spacing:.32em;text-transform:uppercase`,
  heading: `margin:0 0 20px;color:${INK};font-size:28px;line-height:1.22;font-weight:600;letter-spacing:-.01em`,
  section: `margin:36px 0 12px;color:${INK};font-size:18px;line-height:1.3;font-weight:600`,
  paragraph: 'margin:0 0 20px',
  smallPrint: `margin:0 0 16px;color:${QUIET};font-size:14px;line-height:1.55`,
  keyFact: 'margin:28px 0;padding:20px 24px;background:#f2f4f6;border-radius:6px',
  keyValue: `color:${INK};font-size:26px;line-height:1.3;font-weight:600;letter-spacing:.04em;white-space:nowrap`,
  facts: `margin:28px 0;border-bottom:1px solid ${RULE}`,
  fact: `margin:0;padding:12px 0;border-top:1px solid ${RULE};overflow-wrap:anywhere`,
  label: `color:${QUIET};font-size:13px;line-height:1.5`,
  value: `color:${INK};font-size:16px;line-height:1.5;font-weight:600`,
  // A block, or its lines would stand as far apart as those of the text around it.
  note: `display:block;color:${QUIET};font-size:14px;line-height:1.5`,
  link: `color:${ACCENT};text-decoration:underline`,
  buttonLine: 'margin:32px 0',
  button: `display:inline-block;padding:14px 28px;background:${ACCENT};border-radius:4px;color:#ffffff;font-weight:600;line-height:1.4;text-decoration:none`,
  foot: `max-width:560px;margin:0 auto;padding:24px 40px 8px;box-sizing:border-box;color:${QUIET};font-size:13px;line-height:1.55`,
  footLine: 'margin:0 0 10px;overflow-wrap:anywhere',
  footLink: `color:${QUIET};text-decoration:underline`,
  sheet: `
@media (max-width:480px) {
.page { padding:0 !important }
.sheet { padding:32px 24px !important; border-radius:0 !important }
.foot { padding:24px !important }
.button { display:block !important; text-align:center !important }
}
@media (prefers-color-scheme:dark) {
.page { background:#0c0f14 !important; color:#c9d1db !important }
.sheet { background:#151a21 !important }
.strong { color:#f3f6fa !important }
.quiet, .foot, .foot .link { color:#98a4b3 !important }
.key { background:#1f262f !important }
.rule { border-color:#2b333e !important }
.sheet .link { color:#8fb4ff !important }
.button { background:#2f66dd !important }
}
`,
} as const;
