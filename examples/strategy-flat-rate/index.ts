export { FlatRateModule } from './flat-rate.module.js';
