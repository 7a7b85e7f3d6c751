// What passed and what failed, a line each; failures go on.
export class Report {
  passed = 0
  failures = []

  // check runs one judgement; whatever it throws, or returns as a text, is a failure.
  async check(name, judge) {
    let wrong
    try {
      wrong = await judge()
    } catch (error) {
      wrong = error.message.split('\n').slice(0, 4).join(' | ')
    }
    if (!wrong) {
      this.passed++
      if (process.env.VERBOSE) console.log(`ok    ${name}`)
      return
    }
    this.failures.push(name)
    console.log(`FAIL  ${name}: ${wrong}`)
  }

  // end prints the last line, and says whether all passed.
  end() {
    console.log(`${this.passed} passed, ${this.failures.length} failed`)
    return this.failures.length === 0
  }
}
