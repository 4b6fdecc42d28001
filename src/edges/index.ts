export { EdgesModule } from './edges.module.js';
