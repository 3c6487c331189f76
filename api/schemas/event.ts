import { z } from 'zod';
import { EVENT_TYPES } from '../../config/event-type.ts';

export const eventType = z.enum(EVENT_TYPES);
