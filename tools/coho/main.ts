// What `npm run coho` runs: the command is a part of the local space.
import '../../local/coho/main';
