import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { RULE_LIMITS } from './limits.js';
import { RuleTextError, type TextRange } from './rule-text-error.js';
import type { Binary, Syntax } from './syntax.js';

/** Of the CEL library only the parser is used (ADR 0010); its limits are a first fence, ours count again. */
const parser = new Environment({
  limits: {
    maxAstNodes: 2 * RULE_LIMITS.nodes,
    maxDepth: 2 * RULE_LIMITS.depth,
    maxListElements: RULE_LIMITS.listItems,
    maxMapEntries: 1,
    maxCallArguments: 2 * RULE_LIMITS.callArguments,
  },
});

/**
 * Reads a condition. The text is CEL; of CEL's constructs only those of {@link Syntax} are let through. Whole numbers
 * are read as ordinary numbers, so that `7 / 2` is 3.5. Throws {@link RuleTextError}.
 */
export function parseCondition(text: string): Syntax {
  refuseOversized(text);
  let tree: ASTNode;
  try {
    tree = parser.parse(text).ast;
  } catch (thrown) {
    throw ofParser(thrown, text);
  }
  return new Conversion().syntaxOf(tree, 1);
}

function refuseOversized(text: string): void {
  const whole = { start: 0, end: text.length };
  if (text.trim() === '') throw new RuleTextError('write a condition, for example: close > vwap()', whole);
  if (utf8Bytes(text) > RULE_LIMITS.textBytes) {
    throw new RuleTextError(
      `a condition may have ${RULE_LIMITS.textBytes} bytes; split it into two rules`,
      whole,
    );
  }
}

/** Bytes of the text in UTF-8, without the platform's encoder, which browsers and Node keep in different places. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** What the library threw, in our words where its own mean little to a trader. */
function ofParser(thrown: unknown, text: string): RuleTextError {
  const whole = { start: 0, end: text.length };
  if (!(thrown instanceof ParseError)) {
    // Deep nesting can exhaust the stack before a limit is met; nothing else is expected here.
    return new RuleTextError('this cannot be read as a condition', whole);
  }
  const range = thrown.range ? { start: thrown.range.start, end: thrown.range.end } : whole;
  if (thrown.summary.includes('EOF'))
    return new RuleTextError('the condition ends too early: something is missing here', range);
  if (thrown.summary.startsWith('Exceeded')) {
    return new RuleTextError(
      `too long or too deeply nested (${thrown.summary}); split it into two rules`,
      range,
    );
  }
  return new RuleTextError(
    thrown.summary.replace(/[A-Z]{2,}/g, (token) => TOKEN_SIGNS[token] ?? token),
    range,
  );
}

/** How the signs are written that the library calls by name. */
const TOKEN_SIGNS: Record<string, string> = {
  LPAREN: '"("',
  RPAREN: '")"',
  LBRACKET: '"["',
  RBRACKET: '"]"',
  COMMA: 'a comma',
  COLON: '":"',
  QUESTION: '"?"',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a text',
};

const BINARY = new Set<string>(['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '&&', '||']);

/** Turns the library's tree into ours, counting nodes and depth. */
class Conversion {
  private nodes = 0;

  syntaxOf(node: ASTNode, depth: number): Syntax {
    const range: TextRange = { start: node.start, end: node.end };
    if (++this.nodes > RULE_LIMITS.nodes)
      throw new RuleTextError(
        `a condition may have ${RULE_LIMITS.nodes} parts; split it into two rules`,
        range,
      );
    if (depth > RULE_LIMITS.depth)
      throw new RuleTextError(
        `nested deeper than ${RULE_LIMITS.depth} levels; split it into two rules`,
        range,
      );
    const inner = (child: ASTNode): Syntax => this.syntaxOf(child, depth + 1);
    switch (node.op) {
      case 'value':
        return literal(node.args, range);
      case 'id':
        return { kind: 'name', name: node.args, range };
      case 'call':
        return { kind: 'call', name: node.args[0], args: node.args[1].map(inner), range };
      case '!_':
        return { kind: 'not', operand: inner(node.args), range };
      case '-_':
        return { kind: 'minus', operand: inner(node.args), range };
      case '?:': {
        const [condition, then, otherwise] = node.args;
        return {
          kind: 'choice',
          condition: inner(condition),
          then: inner(then),
          otherwise: inner(otherwise),
          range,
        };
      }
      case 'in': {
        const [left, right] = node.args;
        if (right.op !== 'list' || right.args.length === 0) {
          throw new RuleTextError(
            '"in" needs a list of values, for example: session in ["regular", "post"]',
            {
              start: right.start,
              end: right.end,
            },
          );
        }
        return { kind: 'in', left: inner(left), items: right.args.map(inner), range };
      }
      case 'list':
        throw new RuleTextError('a list can stand only after "in"', range);
      case 'map':
        throw new RuleTextError('maps are not part of the rule language', range);
      case 'rcall':
        throw new RuleTextError(`there are no methods: ".${node.args[0]}(...)" cannot be called`, range);
      case '.':
      case '.?':
        throw new RuleTextError(`there are no members: ".${node.args[1]}" cannot be read`, range);
      case '[]':
      case '[?]':
        throw new RuleTextError('nothing can be indexed; the value 3 bars ago is ago(close, 3)', range);
      default:
        return this.binary(node, depth, range);
    }
  }

  private binary(
    node: Extract<ASTNode, { args: [ASTNode, ASTNode] }>,
    depth: number,
    range: TextRange,
  ): Syntax {
    if (!BINARY.has(node.op)) throw new RuleTextError(`"${node.op}" is not part of the rule language`, range);
    const [left, right] = node.args;
    return {
      kind: 'binary',
      operator: node.op as Binary['operator'],
      // A chain "a && b && c" leans to the left and is no nesting to its reader.
      left: this.syntaxOf(left, left.op === node.op ? depth : depth + 1),
      right: this.syntaxOf(right, depth + 1),
      range,
    };
  }
}

function literal(value: unknown, range: TextRange): Syntax {
  if (typeof value === 'boolean') return { kind: 'boolean', value, range };
  if (typeof value === 'string') return { kind: 'text', value, range };
  if (typeof value === 'number' || typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER)
      throw new RuleTextError('this number is too large', range);
    return { kind: 'number', value: number, range };
  }
  throw new RuleTextError('only numbers, texts, true and false can be written here', range);
}
