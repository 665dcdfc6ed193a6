/** Injection token of the validated settings (`Env`). */
export const ENV = Symbol('ENV');
