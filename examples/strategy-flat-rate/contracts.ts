import { Injectable } from '@nestjs/common';
import type { Candidate } from 'penstock/balancer';

/** What is known of the contracts behind tokens: here, that the labels of those with a flat rate begin with `flat-`. */
@Injectable()
export class Contracts {
  isFlatRate({ label }: Pick<Candidate['token'], 'label'>): boolean {
    return label.startsWith('flat-');
  }
}
