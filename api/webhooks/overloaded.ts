/** There is no room for more, or what is there takes too long. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}
