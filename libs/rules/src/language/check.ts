import { isTimeframe, TIMEFRAMES, timeframeMs, type Timeframe } from '@libs/bars';
import { checkSetting } from './check-setting.js';
import type { Expression } from './expression.js';
import { RULE_LIMITS } from './limits.js';
import { parseCondition } from './parse.js';
import { RuleTextError } from './rule-text-error.js';
import type { Binary, Call, Choice, Membership, Negation, Syntax } from './syntax.js';
import { isSameType, typeName, type ValueType } from './value-type.js';
import {
  isBarField,
  isWord,
  nearestWord,
  signatureOf,
  VOCABULARY,
  type Parameter,
  type Word,
  type WordName,
} from './vocabulary.js';

/** Longest bars that still lie in one session each. */
const LONGEST_INTRADAY_MS = timeframeMs('30m');

/**
 * Checks a condition for bars of a timeframe: words, arguments, types and bounds. Throws {@link RuleTextError}, which
 * points at the first fault.
 */
export function checkCondition(text: string, timeframe: Timeframe): Expression {
  const checker = new Checker();
  const expression = checker.check(parseCondition(text), timeframe);
  if (expression.type !== 'condition') {
    throw new RuleTextError(
      `this yields ${typeName(expression.type)}; a rule needs a condition, for example: close > ${expression.text}`,
      expression.range,
    );
  }
  return expression;
}

/** As {@link checkCondition} for anything that yields a number, such as the line of an indicator. */
export function checkNumber(text: string, timeframe: Timeframe): Expression {
  const expression = new Checker().check(parseCondition(text), timeframe);
  if (expression.type !== 'number')
    throw new RuleTextError(
      `this yields ${typeName(expression.type)}; a line needs a number`,
      expression.range,
    );
  return expression;
}

class Checker {
  private readonly otherTimeframes = new Set<Timeframe>();

  check(syntax: Syntax, timeframe: Timeframe): Expression {
    const { range } = syntax;
    switch (syntax.kind) {
      case 'number':
        return { kind: 'constant', type: 'number', value: syntax.value, text: String(syntax.value), range };
      case 'boolean':
        return {
          kind: 'constant',
          type: 'condition',
          value: Number(syntax.value),
          text: String(syntax.value),
          range,
        };
      case 'text':
        throw new RuleTextError(
          'a text can only be compared with session or weekday, or set an argument',
          range,
        );
      case 'name':
        return this.word({ kind: 'call', name: syntax.name, args: [], range }, timeframe);
      case 'call':
        return this.word(syntax, timeframe);
      case 'not':
      case 'minus':
        return this.negation(syntax, timeframe);
      case 'binary':
        return this.binary(syntax, timeframe);
      case 'choice':
        return this.choice(syntax, timeframe);
      case 'in':
        return this.membership(syntax, timeframe);
    }
  }

  private negation({ kind, operand, range }: Negation, timeframe: Timeframe): Expression {
    const type = kind === 'not' ? 'condition' : 'number';
    const inner = this.demand(operand, timeframe, type, kind === 'not' ? '"!"' : '"-"');
    return { kind, type, operand: inner, text: `${kind === 'not' ? '!' : '-'}${wrapped(inner)}`, range };
  }

  private binary(syntax: Binary, timeframe: Timeframe): Expression {
    const { operator, range } = syntax;
    const [left, right] = this.operands(syntax, timeframe);
    const both = { left, right, text: infix(left, operator, right), range };
    switch (operator) {
      case '&&':
      case '||':
        return { kind: 'logic', operator, type: 'condition', ...both };
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return { kind: 'arithmetic', operator, type: 'number', ...both };
      default:
        return { kind: 'comparison', operator, type: 'condition', ...both };
    }
  }

  private operands({ operator, left, right }: Binary, timeframe: Timeframe): [Expression, Expression] {
    if (operator === '==' || operator === '!=') return this.comparable(left, right, timeframe);
    const type = operator === '&&' || operator === '||' ? 'condition' : 'number';
    const checked = (side: Syntax): Expression => this.demand(side, timeframe, type, `"${operator}"`);
    return [checked(left), checked(right)];
  }

  private choice(syntax: Choice, timeframe: Timeframe): Expression {
    const condition = this.demand(syntax.condition, timeframe, 'condition', '"?"');
    const then = this.check(syntax.then, timeframe);
    const otherwise = this.check(syntax.otherwise, timeframe);
    if (!isSameType(then.type, otherwise.type)) {
      throw new RuleTextError(
        `both results of "? :" must be alike: the first is ${typeName(then.type)}, the second ${typeName(otherwise.type)}`,
        otherwise.range,
      );
    }
    const text = `${wrapped(condition)} ? ${wrapped(then)} : ${wrapped(otherwise)}`;
    return { kind: 'choice', type: then.type, condition, then, otherwise, text, range: syntax.range };
  }

  private membership({ left, items, range }: Membership, timeframe: Timeframe): Expression {
    const value = this.check(left, timeframe);
    const constants = items.map((item) => this.asType(item, value.type, timeframe));
    const text = `${wrapped(value)} in [${constants.map((item) => item.text).join(', ')}]`;
    return { kind: 'in', type: 'condition', left: value, items: constants, text, range };
  }

  /** Both sides of an equality: a text takes the meaning that the other side gives it. */
  private comparable(left: Syntax, right: Syntax, timeframe: Timeframe): [Expression, Expression] {
    if (left.kind === 'text') {
      const known = this.check(right, timeframe);
      return [this.asType(left, known.type, timeframe), known];
    }
    const known = this.check(left, timeframe);
    return [known, this.asType(right, known.type, timeframe)];
  }

  private asType(syntax: Syntax, type: ValueType, timeframe: Timeframe): Expression {
    if (syntax.kind === 'text' && typeof type === 'object') {
      const value = type.oneOf.indexOf(syntax.value);
      if (value === -1)
        throw new RuleTextError(`"${syntax.value}" is not among the values: ${typeName(type)}`, syntax.range);
      return { kind: 'constant', type, value, text: `"${syntax.value}"`, range: syntax.range };
    }
    const expression = this.check(syntax, timeframe);
    if (!isSameType(expression.type, type)) {
      throw new RuleTextError(
        `these cannot be compared: ${typeName(type)} is expected here, this is ${typeName(expression.type)}`,
        syntax.range,
      );
    }
    return expression;
  }

  private demand(syntax: Syntax, timeframe: Timeframe, type: 'number' | 'condition', by: string): Expression {
    const expression = this.check(syntax, timeframe);
    if (expression.type === type) return expression;
    throw new RuleTextError(
      `${by} needs ${typeName(type)} here, this is ${typeName(expression.type)}`,
      syntax.range,
    );
  }

  private word(call: Call, timeframe: Timeframe): Expression {
    const { name, range } = call;
    if (!isWord(name)) {
      const near = nearestWord(name);
      throw new RuleTextError(
        `"${name}" is not a word of the rule language${near ? `; did you mean ${near}?` : ''}`,
        range,
      );
    }
    const word: Word = VOCABULARY[name];
    if (word.intraday === true && timeframeMs(timeframe) > LONGEST_INTRADAY_MS) {
      throw new RuleTextError(
        `${name} tells sessions apart, which bars of ${timeframe} cannot; use a timeframe up to 30m, or on("30m", ...)`,
        range,
      );
    }
    if (name === 'on') return this.onOther(call, timeframe);
    return this.wordExpression(name, word, call, timeframe);
  }

  private wordExpression(name: WordName, word: Word, call: Call, timeframe: Timeframe): Expression {
    const { range } = call;
    const inputs: Expression[] = [];
    const settings: (number | string)[] = [];
    for (const [parameter, argument] of this.pairUp(name, word.parameters, call)) {
      if (isExpression(parameter)) inputs.push(this.input(name, parameter, argument, timeframe));
      else settings.push(checkSetting(name, parameter, argument, timeframe));
    }
    if (name.startsWith('macd') && Number(settings[0]) >= Number(settings[1]))
      throw new RuleTextError('the fast period must be shorter than the slow one', range);
    if (name === 'timeBetween' && String(settings[0]) >= String(settings[1]))
      throw new RuleTextError('the first time must lie before the second; for two stretches use "||"', range);
    const type = word.result === 'same' ? (inputs[0] as Expression).type : word.result;
    return {
      kind: 'word',
      word: name,
      type,
      inputs,
      settings,
      text: callText(name, inputs, settings),
      range,
    };
  }

  /** Arguments with their parameters; a source that was left out is `close`. */
  private pairUp(name: WordName, parameters: readonly Parameter[], call: Call): [Parameter, Syntax][] {
    const isShort = parameters[0]?.kind === 'source' && call.args.length === parameters.length - 1;
    const args: readonly Syntax[] = isShort
      ? [{ kind: 'name', name: 'close', range: call.range }, ...call.args]
      : call.args;
    if (args.length !== parameters.length) {
      throw new RuleTextError(`write ${signatureOf(name)}; ${given(call.args.length)} given`, call.range);
    }
    return parameters.map((parameter, index) => [parameter, args[index] as Syntax]);
  }

  private input(name: WordName, parameter: Parameter, argument: Syntax, timeframe: Timeframe): Expression {
    if (parameter.kind === 'any') {
      const expression = this.check(argument, timeframe);
      if (typeof expression.type === 'object')
        throw new RuleTextError(`${name} takes a number or a condition`, argument.range);
      return expression;
    }
    const type = parameter.kind === 'condition' ? 'condition' : 'number';
    const expression = this.demand(argument, timeframe, type, name);
    if (parameter.kind === 'source' && !isOfBarAlone(expression)) {
      throw new RuleTextError(
        `${name} averages values of the bar: open, high, low, close, volume, vw, trades and sums of them`,
        argument.range,
      );
    }
    return expression;
  }

  private onOther(call: Call, timeframe: Timeframe): Expression {
    const [where, what] = call.args;
    if (where === undefined || what === undefined || call.args.length !== 2)
      throw new RuleTextError('write on("5m", condition or value)', call.range);
    if (where.kind !== 'text' || !isTimeframe(where.value))
      throw new RuleTextError(
        `the timeframe is one of ${TIMEFRAMES.map((one) => `"${one}"`).join(', ')}`,
        where.range,
      );
    const inner = this.check(what, where.value);
    if (where.value === timeframe) return inner;
    this.otherTimeframes.add(where.value);
    if (this.otherTimeframes.size > RULE_LIMITS.otherTimeframes)
      throw new RuleTextError(`a rule may read ${RULE_LIMITS.otherTimeframes} other timeframes`, where.range);
    const text = `on("${where.value}", ${inner.text})`;
    return { kind: 'on', type: inner.type, timeframe: where.value, inner, text, range: call.range };
  }
}

function isExpression({ kind }: Parameter): boolean {
  return kind === 'number' || kind === 'condition' || kind === 'any' || kind === 'source';
}

/** Whether an expression reads nothing but the bar itself, so that it is known for every bar (but for a division by zero). */
function isOfBarAlone(expression: Expression): boolean {
  switch (expression.kind) {
    case 'constant':
      return true;
    case 'word':
      return isBarField(expression.word);
    case 'minus':
      return isOfBarAlone(expression.operand);
    case 'arithmetic':
      return isOfBarAlone(expression.left) && isOfBarAlone(expression.right);
    default:
      return false;
  }
}

function given(count: number): string {
  return count === 0 ? 'no argument is' : count === 1 ? '1 argument is' : `${count} arguments are`;
}

/** As it would be written by hand: `ema(20)` rather than `ema(close, 20)`. */
function callText(
  name: WordName,
  inputs: readonly Expression[],
  settings: readonly (number | string)[],
): string {
  const first = VOCABULARY[name].parameters[0];
  const isDefault = first?.kind === 'source' && inputs[0]?.text === 'close';
  const written = isDefault ? [] : inputs.map((input) => input.text);
  const args = [...written, ...settings.map((setting) => JSON.stringify(setting))];
  return args.length === 0 ? name : `${name}(${args.join(', ')})`;
}

function infix(left: Expression, operator: string, right: Expression): string {
  return `${wrapped(left)} ${operator} ${wrapped(right)}`;
}

/** An operand's text, in parentheses unless it is one word. */
function wrapped(operand: Expression): string {
  const isAtom = operand.kind === 'constant' || operand.kind === 'word' || operand.kind === 'on';
  return isAtom ? operand.text : `(${operand.text})`;
}
