// What no rule of axe measures, for `measures.py`: each function returns what is wrong on the page as it stands.
({
    // Everything to press with its size: 44 px for participants and the public, 24 for staff. A choice is as large as
    // its label. A link inside a sentence is as high as its line; one that stands alone is not inside a sentence, and
    // for staff may be lower where there is space around it, which axe measures.
    smallTargets() {
        const forStaff = document.body.matches(".staff");
        const aim = (e) => (e.matches("[type=radio],[type=checkbox]") ? e.closest("label") || e.labels[0] || e : e);
        const isAlone = (e) => e.closest("p,li,dd,td,th,div").innerText.trim() === e.innerText.trim();
        return [...document.querySelectorAll("a[href],button,summary,input:not([type=hidden]),select,textarea")]
            .filter((e) => !e.closest(".skip,.visually-hidden") && aim(e).checkVisibility())
            .filter((e) => getComputedStyle(e).display !== "inline" || (!forStaff && isAlone(e)))
            .map((e) => [e, aim(e).getBoundingClientRect()])
            .map(([e, box]) => [e.outerHTML.slice(0, 100), Math.round(box.width), Math.round(box.height)])
            .filter(([, width, height]) => Math.min(width, height) < (forStaff ? 24 : 44));
    },

    // Text outside the window or outside a box that hides what does not fit, and text that lies on other text.
    lostText() {
        scrollTo(0, 0);
        const lines = [...this.visibleText()].flatMap((node) => this.linesOf(node).map((box) => ({ node, box })));
        return [...this.outside(lines), ...this.overlapping(lines)];
    },

    *visibleText() {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node; (node = walker.nextNode());) {
            const parent = node.parentElement;
            const isHidden = parent.closest(".skip,.visually-hidden,option,script,style,svg") || !parent.checkVisibility();
            if (node.data.trim() && !isHidden) yield node;
        }
    },

    linesOf(node, from = 0, to = node.length) {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        return [...range.getClientRects()].filter((box) => box.width >= 1);
    },

    outside(lines) {
        const found = [];
        for (const { node, box } of lines) {
            // What scrolls by itself shows the rest when it is asked to.
            if (node.parentElement.closest(".scroll,.chart")) continue;
            if (box.left < -1 || box.right > innerWidth + 1) found.push(["outside", node.data.trim().slice(0, 60)]);
            for (let e = node.parentElement; e !== document.body; e = e.parentElement) {
                const around = e.getBoundingClientRect();
                const hides = ["hidden", "clip"].includes(getComputedStyle(e).overflowX);
                if (hides && (box.right > around.right + 1 || box.bottom > around.bottom + 2)) {
                    found.push(["clipped", node.data.trim().slice(0, 60)]);
                }
            }
        }
        return found;
    },

    overlapping(lines) {
        const blocks = "p,li,h1,h2,h3,dt,dd,td,th,legend,label,button,a,summary,caption,div";
        const blockOf = (node) => node.parentElement.closest(blocks) || node.parentElement;
        const found = [];
        lines.sort((one, other) => one.box.top - other.box.top);
        lines.forEach(({ node, box }, place) => {
            const block = blockOf(node);
            for (const other of lines.slice(place + 1)) {
                if (other.box.top >= box.bottom) break;
                const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
                const high = Math.min(box.bottom, other.box.bottom) - other.box.top;
                if (wide <= 2 || high <= box.height / 3) continue;
                const beside = blockOf(other.node);
                if (block.contains(beside) || beside.contains(block)) continue;
                found.push(["overlap", node.data.trim().slice(0, 40), other.node.data.trim().slice(0, 40)]);
            }
        });
        return found;
    },

    // The colours, sizes and grounds that text is seen in, each pair once: all that contrast hangs on.
    colours() {
        const grounds = new Map([[null, ""]]);
        const groundOf = (e) => {
            if (!grounds.has(e)) {
                const { backgroundColor, backgroundImage, opacity } = getComputedStyle(e);
                const own = `${backgroundColor} ${backgroundImage} ${opacity}`;
                const isCovering = backgroundImage === "none" && opacity === "1" && backgroundColor.startsWith("rgb(");
                grounds.set(e, isCovering ? own : `${own} on ${groundOf(e.parentElement)}`);
            }
            return grounds.get(e);
        };
        const colourOf = (e) => {
            const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(e);
            return `${color} ${fontSize} ${fontWeight} ${textDecorationLine}`;
        };
        const seenIn = new Set([...this.visibleText()].map((node) => node.parentElement));
        document.querySelectorAll("input:not([type=hidden]),select,textarea,option").forEach((e) => seenIn.add(e));
        // A link is told from the words around it by its colour or by its line.
        return [...new Set([...seenIn].map((e) => `${colourOf(e)} in ${colourOf(e.parentElement)} on ${groundOf(e)}`))];
    },

    // Words of headings, legends and buttons that are broken in two where no hyphen is shown.
    brokenWords() {
        const found = [];
        for (const node of this.visibleText()) {
            if (!node.parentElement.closest("h1,h2,h3,legend,.button")) continue;
            for (const part of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
                const tops = this.linesOf(node, part.index, part.index + part[0].length).map((box) => Math.round(box.top));
                if (new Set(tops).size > 1) found.push(["broken", part[0]]);
            }
        }
        return found;
    },
})
