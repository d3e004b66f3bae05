// Starts GOV.UK Frontend's components. The build writes the hashed name of the other file into this import.
import { initAll } from "./govuk-frontend.min.js";

initAll();
