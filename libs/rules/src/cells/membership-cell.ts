import type { CellMaker } from './cell.js';

/** Makes "value in [items]": the first input is the value. */
export const membershipCell: CellMaker = ({ host: { values }, slot, inputs: [value = 0, ...items] }) => {
  const step = () => {
    const wanted = values[value] as number;
    let answer = wanted === wanted ? 0 : NaN;
    for (const item of items) {
      const candidate = values[item] as number;
      if (candidate === wanted) {
        answer = 1;
        break;
      }
      if (candidate !== candidate) answer = NaN;
    }
    values[slot] = answer;
  };
  return { step, why: () => 'depends on something unknown' };
};
