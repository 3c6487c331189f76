import type { Bank } from '../../institution/types.ts';

/** A bank as other shapes hold it. `_id` and `slug` there are our choice. */
export function bankShape({ id, name, slug }: Bank) {
  return {
    _id: id,
    id,
    name,
    slug,
    status: 'healthy',
    icon: `https://banks.example/${slug}/icon.svg`,
    logo: `https://banks.example/${slug}/logo.svg`,
    colors: { primary: '#1f5f5b', bg: '#ffffff' },
  };
}
