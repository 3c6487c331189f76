/** There is no room for more, or what is there takes too long: the message is for the sender. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

export const noRoom = (): Overloaded => new Overloaded('There is no room for it now.');

export const tooLate = (): Overloaded => new Overloaded('It could not be stored in time.');
