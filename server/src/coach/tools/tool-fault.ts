/** Why a tool gave nothing. `message` is for whoever asked: what is wrong and what to do. */
export class ToolFault extends Error {
  constructor(
    readonly code: 'unknown_tool' | 'bad_input' | 'not_found' | 'too_slow' | 'too_many' | 'unavailable',
    message: string,
    /** One entry for each faulty field of the input. */
    readonly fields: readonly { readonly path: string; readonly message: string }[] = [],
  ) {
    super(message);
    this.name = 'ToolFault';
  }
}
