/** There is no room for more, or what is there takes too long: the message is for the sender. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}
