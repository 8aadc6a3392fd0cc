/**
 * `when` and `depends`: comparisons and names, joined by &&, || and !, with parentheses. A small part of what Argo's expression language
 * (govaluate) can do; throws for the rest.
 */
export function evaluateCondition(text: string, truthOf: (word: string) => boolean | undefined): boolean {
  const tokens =
    text.match(/&&|\|\||[!()]|==|!=|<=|>=|=~|<|>|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s()!&|<>=]+/g) ?? [];
  let at = 0;
  const next = (): string | undefined => tokens[at];
  const take = (): string => {
    const token = tokens[at];
    if (token === undefined) throw new Error(`Unable to evaluate '${text}': it ends too early`);
    at += 1;
    return token;
  };

  const anyOf = (): boolean => {
    let value = allOf();
    while (next() === "||") {
      take();
      // Both sides are read, whatever the first says.
      const right = allOf();
      value ||= right;
    }
    return value;
  };
  const allOf = (): boolean => {
    let value = single();
    while (next() === "&&") {
      take();
      const right = single();
      value &&= right;
    }
    return value;
  };
  const single = (): boolean => {
    const token = take();
    if (token === "!") return !single();
    if (token === "(") {
      const value = anyOf();
      if (take() !== ")") throw new Error(`Unable to evaluate '${text}': a parenthesis is missing`);
      return value;
    }
    const operator = next();
    if (operator !== undefined && COMPARISONS[operator] !== undefined) {
      take();
      return COMPARISONS[operator](unquoted(token), unquoted(take()));
    }
    const truth = token === "true" ? true : token === "false" ? false : truthOf(token);
    if (truth === undefined) throw new Error(`Unable to evaluate '${text}': '${token}' is not known`);
    return truth;
  };

  const value = anyOf();
  if (at < tokens.length) throw new Error(`Unable to evaluate '${text}': '${tokens[at]}' is not expected`);
  return value;
}

/** What begins as a number is one, unless it stands in quotes. */
function unquoted(token: string): string {
  if (/^\d/.test(token) && Number.isNaN(Number(token)))
    throw new Error(`Unable to parse numeric value '${token}' to float64`);
  return token.replace(/^(["'])([\s\S]*)\1$/, "$2");
}

const compare = (left: string, right: string): number => {
  const [a, b] = [Number(left), Number(right)];
  return Number.isNaN(a) || Number.isNaN(b) ? left.localeCompare(right) : a - b;
};

const COMPARISONS: Readonly<Record<string, ((left: string, right: string) => boolean) | undefined>> = {
  "==": (left, right) => compare(left, right) === 0,
  "!=": (left, right) => compare(left, right) !== 0,
  "<": (left, right) => compare(left, right) < 0,
  ">": (left, right) => compare(left, right) > 0,
  "<=": (left, right) => compare(left, right) <= 0,
  ">=": (left, right) => compare(left, right) >= 0,
  "=~": (left, right) => new RegExp(right).test(left),
};
