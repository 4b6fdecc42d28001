import 'reflect-metadata';

import fc from 'fast-check';

// Arrays are as long as their `maxLength` allows; without it they have ten elements at most.
fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
